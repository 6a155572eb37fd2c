using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Silo;

/// <summary>What a node shows to others on the silos' ports, and whom it believes.</summary>
internal sealed record TlsSettings
{
    /// <summary>This node's certificate with its key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Whoever shows a certificate of this authority is a node of the cluster.</summary>
    public required X509Certificate2 Authority { get; init; }

    /// <returns>Null when nothing is configured.</returns>
    public static TlsSettings? Read(IConfigurationSection section)
    {
        if (!section.Exists())
        {
            return null;
        }

        var (certificate, key, authority) = (section["Certificate"], section["Key"], section["Authority"]);
        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key) || string.IsNullOrEmpty(authority))
        {
            throw new SettingsException("Orleans:Tls needs all three of Certificate, Key and Authority (files in PEM form).");
        }

        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            return new TlsSettings
            {
                // By way of PKCS 12: on Windows a key that is only in memory serves no TLS.
                Certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null),
                Authority = X509CertificateLoader.LoadCertificateFromFile(authority),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"The files of Orleans:Tls cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether it was signed by the authority and is in its time. Its name does not count: nodes come and go with their addresses.</summary>
    public bool Trusts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
