using System.Buffers;
using System.Text.Json;
using Parley.Api.OpenApi;

namespace Parley.Api.Http;

/// <summary>The beginning of a webhook's body, as far as it came with the request: it is looked at before the request waits for its turn.</summary>
internal sealed class WebhookStart
{
    /// <summary>How far into a body the names of the event and of the instance are looked for, bytes.</summary>
    private const int MostBytes = 512;

    private readonly byte[] _bytes;

    private WebhookStart(byte[] bytes) => _bytes = bytes;

    /// <summary>A gateway holds its whole line until this event is answered. Its name stands at the beginning of the body.</summary>
    public bool IsEdit => _bytes.AsSpan().IndexOf("messages.edited"u8) >= 0;

    /// <summary>The instance's name, where it stands before what may be long. It decides nothing but where bytes are put first.</summary>
    public string? Instance
    {
        get
        {
            try
            {
                var reader = new Utf8JsonReader(_bytes, isFinalBlock: false, default);
                while (reader.Read())
                {
                    if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("instance"u8))
                    {
                        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    }
                }
            }
            catch (JsonException)
            {
                // The intake says what is wrong with it.
            }

            return null;
        }
    }

    /// <summary>Has it for all that follow.</summary>
    public static async Task Read(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<WebhookBodyMetadata>() is not null)
        {
            var body = context.Request.BodyReader;
            var read = await body.ReadAsync(context.RequestAborted);
            context.Features.Set(new WebhookStart(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MostBytes)).ToArray()));
            body.AdvanceTo(read.Buffer.Start);
        }

        await next(context);
    }
}
