using System.Security.Cryptography;

namespace Parley.Ports.Rows;

/// <summary>By what the same delivery of an echo is known when it comes again: all that it says, but for the times at which it came here.</summary>
internal static class EchoHash
{
    private const int Length = 16;

    /// <returns>The first 16 bytes of SHA-256.</returns>
    public static byte[] Of(ParkedEcho echo) => SHA256.HashData(
        StoreJson.Write(echo with { ParkedAt = default, Message = echo.Message with { ReceivedAt = default } }))[..Length];
}
