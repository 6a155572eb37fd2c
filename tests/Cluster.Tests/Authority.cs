using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Cluster.Tests;

/// <summary>Signs the certificates of a cluster's nodes.</summary>
internal sealed class Authority : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private int _nodes;

    public Authority()
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path("ca.pem"), _certificate.ExportCertificatePem());
    }

    /// <summary>A node's part of the configuration, with a new certificate.</summary>
    public string[] Arguments()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=node {++_nodes}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddHours(-1), _certificate.NotAfter, RandomNumberGenerator.GetBytes(8));
        var (pem, keyPem) = (Path($"{_nodes}.pem"), Path($"{_nodes}.key"));
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        File.WriteAllText(keyPem, key.ExportPkcs8PrivateKeyPem());
        return ["--Orleans:Tls:Certificate", pem, "--Orleans:Tls:Key", keyPem, "--Orleans:Tls:Authority", Path("ca.pem")];
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _directory.Dispose();
    }

    private string Path(string name) => System.IO.Path.Combine(_directory.Path, name);
}
