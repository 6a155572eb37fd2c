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
    /// <summary>Most values and names of one body. A gateway's largest has a tenth; each costs memory of its own, however short it is.</summary>
    private const int MostValues = 20_000_000;

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
            CheckValues(text.Span);
            return JsonDocument.Parse(text, Json.Options);
        }
        catch (JsonException e)
        {
            throw new WebhookFormatException("The body is not JSON.", e);
        }
    }

    private static void CheckValues(ReadOnlySpan<byte> text)
    {
        // The shortest value and what parts it from the next are two bytes.
        if (text.Length / 2 <= MostValues)
        {
            return;
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        for (var values = 0; reader.Read(); values++)
        {
            if (values == MostValues)
            {
                throw new WebhookFormatException($"The body has more than {MostValues} values.");
            }
        }
    }
}
