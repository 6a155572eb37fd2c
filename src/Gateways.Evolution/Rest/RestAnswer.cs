using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Parley.Gateways.Evolution.Webhooks;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>What a gateway answered, all of it.</summary>
/// <param name="IsJson">False when the body is something else, or cut off.</param>
/// <param name="Json"><c>Undefined</c> when the body is empty or no JSON.</param>
internal sealed record RestAnswer(HttpStatusCode Status, bool IsJson, JsonElement Json, TimeSpan? RetryAfter)
{
    public bool IsEmpty => IsJson && Json.ValueKind == JsonValueKind.Undefined;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public static RestAnswer Of(HttpResponseMessage response, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var (isJson, json) = Parse(body);
        return new(response.StatusCode, isJson, json, RetryAfterOf(response.Headers.RetryAfter, now));
    }

    private static (bool IsJson, JsonElement Json) Parse(ReadOnlyMemory<byte> body)
    {
        var text = BodyText.Readable(body);
        if (text.Span.Trim(" \r\n\t"u8).IsEmpty)
        {
            return (true, default);
        }

        try
        {
            // Never disposed: the answer is used after the call.
            var root = JsonDocument.Parse(text, Webhooks.Json.Options).RootElement;

            // An empty answer is written as an empty string by some recorders and proxies, too.
            return (true, root.ValueKind == JsonValueKind.String && root.ValueEquals(""u8) ? default : root);
        }
        catch (JsonException)
        {
            return (false, default);
        }
    }

    private static TimeSpan? RetryAfterOf(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? header?.Date - now;
        return wait is { } time && time > TimeSpan.Zero ? time : null;
    }
}
