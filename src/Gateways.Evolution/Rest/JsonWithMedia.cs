using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>A JSON body with media in it as base64, encoded while it is sent: a file is never in memory as a whole.</summary>
internal sealed class JsonWithMedia : HttpContent
{
    /// <summary>Stands in a body where the media goes. Drawn by this process, so that no text of a caller can be it.</summary>
    public static readonly string Place = $"parley-media-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <summary>Bytes that are encoded at once: whole groups of three.</summary>
    private const int AtOnce = 3 * 16 * 1024;

    private readonly byte[] _json;
    private readonly Range _before;
    private readonly Range _after;
    private readonly Stream _media;

    /// <param name="media">Read once, not disposed.</param>
    public JsonWithMedia(JsonObject body, Stream media)
    {
        _json = JsonSerializer.SerializeToUtf8Bytes(body);
        _media = media;
        var place = _json.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Place));
        if (place < 0)
        {
            throw new ArgumentException("The body has no place for the media.", nameof(body));
        }

        (_before, _after) = (..place, (place + Place.Length)..);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_json.AsMemory(_before), cancellationToken);
        var bytes = ArrayPool<byte>.Shared.Rent(AtOnce);
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(AtOnce));
        try
        {
            int count;
            do
            {
                count = await _media.ReadAtLeastAsync(bytes.AsMemory(0, AtOnce), AtOnce, throwOnEndOfStream: false, cancellationToken);
                Base64.EncodeToUtf8(bytes.AsSpan(0, count), text, out _, out var written);
                await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
            }
            while (count == AtOnce);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(text);
        }

        await stream.WriteAsync(_json.AsMemory(_after), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        if (!_media.CanSeek)
        {
            return false;
        }

        length = _json.Length - Place.Length + ((_media.Length - _media.Position + 2) / 3 * 4);
        return true;
    }
}
