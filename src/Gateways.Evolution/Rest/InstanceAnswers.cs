using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Sessions;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>What a gateway tells of instances, in the shapes of both generations (gateway notes, 2 and 3).</summary>
internal static class InstanceAnswers
{
    /// <summary>The gateway's channel for other programs: no pairing, no acknowledgements (2.3.7/560).</summary>
    private const string OwnChannel = "EVOLUTION";

    /// <summary>The list: rows, or objects with an <c>instance</c> in them; of one instance v1 gives the object alone.</summary>
    /// <returns>Null when it is no list.</returns>
    public static IReadOnlyList<GatewayInstance>? List(JsonElement answer)
    {
        if (answer.IsObject())
        {
            return InstanceOf(answer) is { } one ? [one] : null;
        }

        return answer.IsArray() ? [.. answer.EnumerateArray().Select(InstanceOf).OfType<GatewayInstance>()] : null;
    }

    /// <returns>Null when the answer tells no state of an instance.</returns>
    public static InstanceState? State(JsonElement answer)
    {
        var instance = answer.Get("instance"u8);
        if (!instance.IsObject())
        {
            return null;
        }

        var word = instance.Either("state"u8, "status"u8).Words();
        return new(StatusOf(word), word);
    }

    /// <returns>Null when the webhook was never set: <c>null</c> (v2), an empty row (v1).</returns>
    public static InstanceWebhook? Webhook(JsonElement answer)
    {
        var url = answer.Get("url"u8).Words();
        var enabled = answer.Get("enabled"u8).IsTrue();
        if (url is null && !enabled)
        {
            return null;
        }

        return new(
            url ?? "",
            [.. answer.Get("events"u8).Elements().Select(static e => e.Words()).OfType<string>()],
            HeadersOf(answer.Get("headers"u8)),
            enabled,
            answer.Either("webhookByEvents"u8, "webhook_by_events"u8).IsTrue(),
            answer.Either("webhookBase64"u8, "webhook_base64"u8).IsTrue());
    }

    public static SessionStatus? StatusOf(string? word) => word?.ToLowerInvariant() switch
    {
        "open" => SessionStatus.Open,
        "connecting" => SessionStatus.Connecting,
        "close" or "closed" or "refused" => SessionStatus.Close,
        _ => null,
    };

    private static GatewayInstance? InstanceOf(JsonElement row)
    {
        var inner = row.Get("instance"u8);
        row = inner.IsObject() ? inner : row;
        if (row.Either("name"u8, "instanceName"u8).Words() is not { } name)
        {
            return null;
        }

        // What was given as number at creation is not the account that is paired, except where nothing is ever paired.
        var isOwnChannel = row.Get("integration"u8).Words() == OwnChannel;
        var state = StatusOf(row.Either("connectionStatus"u8, "status"u8).Words());
        var phone = Envelope.Phone(row.Either("ownerJid"u8, "owner"u8)) ?? (isOwnChannel ? Envelope.Phone(row.Get("number"u8)) : null);
        return new(name, state, phone, Acknowledges: !isOwnChannel);
    }

    private static ImmutableSortedDictionary<string, string> HeadersOf(JsonElement headers)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (headers.IsObject())
        {
            foreach (var header in headers.EnumerateObject().Where(static h => h.Value.IsThere()))
            {
                found[header.Name] = header.Value.ToString();
            }
        }

        return found.ToImmutable();
    }
}
