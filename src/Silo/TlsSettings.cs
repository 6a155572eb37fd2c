using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Silo;

/// <summary>What a node shows to others on the silos' ports, and whom it believes. Certificates are renewed while nodes run, so the files are read
/// again and again.</summary>
internal sealed class TlsSettings
{
    /// <summary>Handshakes are rare, but all nodes may connect at once.</summary>
    private static readonly TimeSpan ReadsEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly string _certificate;
    private readonly string _key;
    private readonly string _authority;
    private Files _files;
    private long _readAt = Stopwatch.GetTimestamp();

    private TlsSettings(string certificate, string key, string authority)
    {
        (_certificate, _key, _authority) = (certificate, key, authority);
        _files = ReadFiles();
    }

    /// <summary>This node's certificate with its key.</summary>
    public X509Certificate2 Certificate => Present().Certificate;

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
            return new TlsSettings(certificate, key, authority);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new SettingsException($"The files of Orleans:Tls cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether it was signed by the authority and is in its time. Its name does not count: nodes come and go with their addresses.</summary>
    public bool Trusts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Present().Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException;

    private Files Present()
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_readAt) >= ReadsEvery)
            {
                _readAt = Stopwatch.GetTimestamp();
                try
                {
                    _files = ReadFiles();
                }
                catch (Exception e) when (IsUnreadable(e))
                {
                    // They are being written, or a certificate without its key yet: those of before serve until the next look.
                }
            }

            return _files;
        }
    }

    private Files ReadFiles()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_certificate, _key);

        // By way of PKCS 12: on Windows a key that is only in memory serves no TLS.
        return new Files(
            X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificateFromFile(_authority));
    }

    /// <param name="Certificate">This node's, with its key.</param>
    /// <param name="Authority">Whoever shows a certificate of this authority is a node of the cluster.</param>
    private sealed record Files(X509Certificate2 Certificate, X509Certificate2 Authority);
}
