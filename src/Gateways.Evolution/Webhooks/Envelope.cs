using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What stands around <c>data</c> (webhooks, 1).</summary>
internal sealed record Envelope(string Event, EventKind Kind, string Instance, Address? Line, long? SentMs, DateTimeOffset ReceivedAt)
{
    /// <summary>Longest name of an event or of an instance that is read, characters. Gateways put both into paths, and names of files and queues.</summary>
    public const int LongestName = 256;

    public static Envelope Of(JsonElement body, DateTimeOffset receivedAt)
    {
        if (!body.IsObject())
        {
            throw new WebhookFormatException("The body is no JSON object.");
        }

        var name = body.Get("event"u8).Words() ?? throw new WebhookFormatException("The body names no event.");
        var instance = body.Get("instance"u8).Words() ?? throw new WebhookFormatException("The body names no instance.");
        if (name.Length > LongestName || instance.Length > LongestName)
        {
            throw new WebhookFormatException($"The body names an event or an instance in more than {LongestName} characters.");
        }

        var (canonical, kind) = EventNames.Find(name);
        return new(canonical, kind, instance, LineOf(body, kind), body.Get("date_time"u8).WallClock(), receivedAt);
    }

    /// <summary>The stamp of a change that has no time of its own, or <paramref name="sentMs"/>.</summary>
    public ChangeStamp Stamp(long? sentMs) => new(sentMs, SentMs, Instance);

    /// <summary>The sender's time where there is one, else the time of receipt.</summary>
    public DateTimeOffset At(long? sentMs) => sentMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : ReceivedAt;

    /// <summary>
    /// The instance's own number: <c>sender</c>, and of a connection that opens the number that opened it, since
    /// <c>sender</c> may still be the one before (webhooks, 1 and 5.6).
    /// </summary>
    private static Address? LineOf(JsonElement body, EventKind kind)
    {
        if (kind == EventKind.Connection)
        {
            var data = body.Get("data"u8);
            if (string.Equals(data.Get("state"u8).Text(), "open", StringComparison.OrdinalIgnoreCase)
                && Phone(data.Get("wuid"u8)) is { } opened)
            {
                return opened;
            }
        }

        return Phone(body.Get("sender"u8));
    }

    public static Address? Phone(JsonElement value) =>
        Address.TryParse(value.Text(), out var address) && address.IsPhone ? address : null;
}
