using System.Text.Json;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Ports.Rows;

/// <summary>Reads rows of the log. One that is damaged, or that a newer version wrote, is read as far as it goes: it must not hold up those behind it.</summary>
internal static class EventRow
{
    private static readonly long FirstMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <param name="loggedAt">Stands for the time of an event that does not tell its own.</param>
    public static EventFacts Read(ReadOnlySpan<byte> json, DateTimeOffset loggedAt)
    {
        try
        {
            var facts = StoreJson.Read<EventFacts>(json);
            if (IsType(facts.Type))
            {
                return facts;
            }
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            // What is left of it follows.
        }

        return Rest(json, loggedAt);
    }

    /// <param name="ms">Since 1970; what no time has is taken for the nearest one.</param>
    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, FirstMs, LastMs));

    /// <summary>A type goes into lines of its own: it has no sign that could end them.</summary>
    private static bool IsType(string? type) =>
        !string.IsNullOrEmpty(type) && !type.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789._");

    private static EventFacts Rest(ReadOnlySpan<byte> json, DateTimeOffset loggedAt)
    {
        string? type = null;
        string? sessionId = null;
        var number = 0L;
        var at = loggedAt;
        Guid? messageId = null;
        long? sequence = null;
        MessageOrigin? origin = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "type":
                        type = Value<string>(reader);
                        break;
                    case "number":
                        number = Value<long?>(reader) ?? 0;
                        break;
                    case "at":
                        at = Value<DateTimeOffset?>(reader) ?? loggedAt;
                        break;
                    case "sessionId":
                        sessionId = Value<string>(reader);
                        break;
                    case "messageId":
                        messageId = Value<Guid?>(reader);
                        break;
                    case "sequence":
                        sequence = Value<long?>(reader);
                        break;
                    case "origin":
                        origin = Value<MessageOrigin?>(reader);
                        break;
                    default:
                        break;
                }

                reader.Skip();
            }
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            // It ends here.
        }

        return new EventFacts
        {
            Type = EventType.Unreadable,
            WasType = IsType(type) ? type : null,
            Number = Math.Max(number, 0),
            At = at,
            SessionId = sessionId,
            MessageId = messageId,
            Sequence = sequence,
            Origin = origin,
        };
    }

    private static T? Value<T>(Utf8JsonReader reader)
    {
        try
        {
            return StoreJson.Read<T>(ref reader);
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return default;
        }
    }
}
