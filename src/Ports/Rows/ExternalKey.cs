using System.Security.Cryptography;
using System.Text;
using Parley.Domain.Messages;

namespace Parley.Ports.Rows;

/// <summary>
/// The key under which a message is found by its gateway id: a hash, so that a tombstone keeps no text of the gateway and
/// the same message is still known when it comes again.
/// </summary>
internal static class ExternalKey
{
    public const int Length = 16;

    /// <returns>The first 16 bytes of SHA-256 over tenant, direction and gateway id.</returns>
    public static byte[] Of(string tenantId, Direction direction, string externalId)
    {
        var size = Encoding.UTF8.GetByteCount(tenantId) + 2 + Encoding.UTF8.GetByteCount(externalId);
        Span<byte> text = size <= 512 ? stackalloc byte[size] : new byte[size];
        var at = Encoding.UTF8.GetBytes(tenantId, text);
        text[at++] = 0;
        text[at++] = direction == Direction.In ? (byte)'i' : (byte)'o';
        Encoding.UTF8.GetBytes(externalId, text[at..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return hash[..Length].ToArray();
    }
}
