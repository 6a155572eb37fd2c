using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Parley.Silo;

/// <summary>Mutual TLS on the silos' ports: both sides show a certificate of the cluster's authority.</summary>
internal static class SiloTls
{
    /// <summary>The handshake needs a name; which one does not count.</summary>
    private const string AnyName = "parley";

    public static void UseMutualTls(this ISiloBuilder silo, TlsSettings? settings)
    {
        if (settings is not null)
        {
            silo.UseTls(settings.Certificate, options => Configure(options, settings));
        }
    }

    public static void UseMutualTls(this IClientBuilder client, TlsSettings? settings)
    {
        if (settings is not null)
        {
            client.UseTls(settings.Certificate, options => Configure(options, settings));
        }
    }

    private static void Configure(TlsOptions options, TlsSettings settings)
    {
        // Asked for at each handshake: a renewed one serves from the next connection on.
        options.LocalServerCertificateSelector = (_, _) => settings.Certificate;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => settings.Certificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (X509Certificate2 certificate, X509Chain? _, System.Net.Security.SslPolicyErrors _) => settings.Trusts(certificate);
        options.OnAuthenticateAsClient = static (_, authentication) => authentication.TargetHost = AnyName;
    }
}
