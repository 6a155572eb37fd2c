using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Ingest.Outbound;

/// <summary>The signature of Standard Webhooks 1.0.0: over the id, the time of the attempt and the very bytes of the body.</summary>
public static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";

    /// <param name="secrets">Each <c>whsec_</c> and base64.</param>
    /// <param name="timestamp">Unix seconds.</param>
    /// <returns>One signature for each secret, with spaces between them.</returns>
    public static string Sign(IEnumerable<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] content = [.. signed, .. body];
        return string.Join(' ', secrets.Select(secret =>
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[SecretPrefix.Length..]), content))}"));
    }
}
