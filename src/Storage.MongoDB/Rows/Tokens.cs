using System.Security.Cryptography;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Numbers that nobody else makes: 63 bits of chance.</summary>
internal static class Tokens
{
    public static long Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }
}
