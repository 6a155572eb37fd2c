using System.Globalization;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The filter of <c>findMessages</c>: it looks at the stored key, and not at all it is given.</summary>
internal sealed class MessageFilter(JsonObject where, Dialect dialect)
{
    private readonly JsonNode? _key = where["key"];
    private readonly JsonNode? _time = where["messageTimestamp"];

    public bool Matches(StoredMessage message)
    {
        var stored = KeyWriter.Stored(message, dialect);
        return MatchesKey(stored, message)
            && Equal(where.Text("messageType"), message.Type)
            && Equal(where.Text("source"), message.Source)
            && MatchesTime(message);
    }

    private bool MatchesKey(JsonObject stored, StoredMessage message)
    {
        var chat = _key.Text("remoteJid");
        var chatMatches = Equal(chat, stored.Text("remoteJid"))
            || (dialect.IsV1 && chat == Jid.User(stored.Text("remoteJid") ?? ""));
        var fromMe = _key.Flag("fromMe");
        // v2 takes fromMe:false for no filter.
        var sideMatches = fromMe is null || fromMe == message.FromMe || (fromMe == false && !dialect.IsV1);
        return chatMatches && sideMatches
            && Equal(_key.Text("id"), message.Id)
            && Equal(_key.Text("participant"), stored.Text("participant"))
            && Equal(_key.Text("remoteJidAlt"), stored.Text("remoteJidAlt"));
    }

    // Works with both ends as dates only: one end is no filter, numbers find nothing; v1 finds nothing at all.
    private bool MatchesTime(StoredMessage message)
    {
        if (_time is null)
        {
            return true;
        }

        if (dialect.IsV1)
        {
            return false;
        }

        if (_time is not JsonObject range || range["gte"] is null || range["lte"] is null)
        {
            return true;
        }

        if (range.Text("gte") is not { } from || range.Text("lte") is not { } to)
        {
            return false;
        }

        var seconds = message.Time.ToUnixTimeSeconds();
        return seconds >= Seconds(from) && seconds <= Seconds(to);
    }

    private static bool Equal(string? asked, string? value) => asked is null || asked == value;

    private static long Seconds(string date) => DateTimeOffset.Parse(date, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
