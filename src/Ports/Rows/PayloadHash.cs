using System.Security.Cryptography;
using System.Text;

namespace Parley.Ports.Rows;

/// <summary>By what two payloads in quarantine are the same.</summary>
internal static class PayloadHash
{
    /// <returns>The first 16 bytes of SHA-256 over code, a zero byte, and payload.</returns>
    public static byte[] Of(string code, ReadOnlySpan<byte> payload)
    {
        // Piece by piece: a payload may have hundreds of megabytes.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(code));
        hash.AppendData([0]);
        hash.AppendData(payload);
        return hash.GetHashAndReset()[..ExternalKey.Length];
    }
}
