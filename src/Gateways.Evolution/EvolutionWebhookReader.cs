using System.Text.Json;
using Parley.Gateways.Evolution.Bodies;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports;

namespace Parley.Gateways.Evolution;

/// <summary>
/// Reads the webhooks of Evolution API, both generations, in the domain's words (the webhook notes name the sections
/// that the types of this room refer to).
/// </summary>
/// <remarks>Stateless and safe for concurrent use.</remarks>
public sealed class EvolutionWebhookReader : IWebhookReader
{
    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadBody(
        Stream body, long limit, Func<CancellationToken, Task<IMediaWriter>> media, CancellationToken cancellationToken) =>
        BodyReader.Read(body, limit, media, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The body must not change as long as <see cref="WebhookReading.PayloadOf"/> may be asked.</remarks>
    public WebhookReading Read(ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        var text = BodyText.Readable(body);
        using var document = Parse(text);
        var root = document.RootElement;
        var envelope = Envelope.Of(root, receivedAt);
        return new()
        {
            Event = envelope.Event,
            Instance = envelope.Instance,
            Line = envelope.Line,
            EnvelopeMs = envelope.SentMs,
            Items = DataReader.Read(root.Get("data"u8), envelope),
            PayloadOf = new Payloads(text).Of,
        };
    }

    /// <inheritdoc/>
    public StoredMedia? MediaOf(string mediaData) => MediaMark.Read(mediaData);

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text, Json.Options);
        }
        catch (JsonException e)
        {
            throw new WebhookFormatException("The body is not JSON.", e);
        }
    }
}
