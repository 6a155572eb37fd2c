using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Silo;

/// <summary>Certificates by which the keys of data protection are encrypted where they are kept. The first one encrypts, all of them decrypt: so one
/// can be renewed.</summary>
internal static class KeyCertificates
{
    private const string Key = "KeyCertificates";

    /// <param name="section">The section <c>Parley</c>.</param>
    /// <returns>None when nothing is configured: then keys are kept as they are.</returns>
    /// <exception cref="SettingsException">A file cannot be read or used; the message names the setting.</exception>
    public static IReadOnlyList<X509Certificate2> Read(IConfigurationSection section) => [.. section.GetSection(Key).GetChildren().Select(ReadOne)];

    public static void ProtectKeys(this IDataProtectionBuilder protection, IReadOnlyList<X509Certificate2> certificates)
    {
        if (certificates.Count > 0)
        {
            protection.ProtectKeysWithCertificate(certificates[0]).UnprotectKeysWithAnyCertificate([.. certificates]);
        }
    }

    private static X509Certificate2 ReadOne(IConfigurationSection one)
    {
        var (certificate, key) = (one["Certificate"], one["Key"]);
        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key))
        {
            throw new SettingsException($"{one.Path} needs both of Certificate and Key (files in PEM form).");
        }

        try
        {
            var read = X509Certificate2.CreateFromPemFile(certificate, key);
            using var rsa = read.GetRSAPrivateKey();
            return rsa is not null ? read : throw new SettingsException($"{one.Path}: the key is none of RSA, and no other can encrypt.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingsException($"The files of {one.Path} cannot be used: {e.Message}", e);
        }
    }
}
