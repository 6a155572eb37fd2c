using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Crash.Tests;

/// <summary>A webhook with an image of any size, made while it is sent.</summary>
internal sealed class MediaBody : HttpContent
{
    private const int BlockBytes = 3 << 20;
    private const string Placeholder = "BYTES";

    private static readonly byte[] Block = Random();
    private static readonly byte[] Base64 = Encoding.ASCII.GetBytes(Convert.ToBase64String(Block));

    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly int _blocks;

    /// <param name="peer">Who sends it.</param>
    /// <param name="megabytes">Of the body, a multiple of four.</param>
    public MediaBody(string peer, int megabytes)
    {
        var body = Webhook.Media(peer, "imageMessage", "image/png", null);
        body["data"]!["message"]!["base64"] = Placeholder;
        var parts = body.ToJsonString().Split(Placeholder);
        (_before, _after, _blocks) = (Encoding.UTF8.GetBytes(parts[0]), Encoding.UTF8.GetBytes(parts[1]), megabytes / 4);
        Headers.ContentType = new("application/json");
    }

    /// <summary>Of the image.</summary>
    public long Size => (long)_blocks * BlockBytes;

    /// <summary>Of the image, in hexadecimal.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < _blocks; i++)
        {
            hash.AppendData(Block);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_before);
        for (var i = 0; i < _blocks; i++)
        {
            await stream.WriteAsync(Base64);
        }

        await stream.WriteAsync(_after);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _before.Length + ((long)_blocks * Base64.Length) + _after.Length;
        return true;
    }

    private static byte[] Random()
    {
        var bytes = new byte[BlockBytes];
        new Random(17).NextBytes(bytes);
        return bytes;
    }
}
