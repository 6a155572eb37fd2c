using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>What all sends have in common: the recipient, the state of the session, the quote, the mentions, the wait.</summary>
internal static class Outgoing
{
    /// <param name="number">As the caller gave it; a reaction's is the chat of its key.</param>
    /// <param name="options">Where quote, mentions and delay are: the body in v2, <c>options</c> in v1.</param>
    public static async Task<Answer> Send(RestCall call, string number, Content content, JsonObject? options)
    {
        await CheckSession(call, number);
        var to = Resolve(call, number);
        if (options.Number("delay") is > 0 and int delay)
        {
            // Typing is shown, and the call held for as long.
            await Task.Delay(TimeSpan.FromMilliseconds(delay), call.Gateway.Stopping);
        }

        return Answer.Created(await call.Instance.Sends.Send(to, content, Context(call, to, options)));
    }

    /// <exception cref="RestException">Nothing can go out, in the words of the version.</exception>
    public static async Task CheckSession(RestCall call, string number)
    {
        var connection = call.Instance.Connection;
        if (!connection.HasSocket)
        {
            if (!call.Dialect.IsV1 && call.Gateway.WhatsApp.Find(Jid.FromNumber(number)) is not null)
            {
                // A number that is in the cache is not looked up.
                throw new RestException(Answer.Errors(400, "TypeError: Cannot read properties of undefined (reading 'sendMessage')"));
            }

            throw new RestException(Answer.Error(500, "Cannot read properties of undefined (reading 'onWhatsApp')"));
        }

        if (connection.State == "connecting" && call.Dialect.IsV1)
        {
            // Without limit: it leaves when the session opens, although the client gave up.
            await connection.Opened.WaitAsync(call.Gateway.Stopping);
        }

        if (connection.State == "connecting" && call.Instance.Account is null)
        {
            throw new RestException(Answer.Errors(400, "TypeError: Cannot read properties of undefined (reading 'id')"));
        }

        if (connection.State == "close")
        {
            throw new RestException(call.Dialect.RawProtobuf
                ? Answer.Errors(400, "Error: Connection Closed")
                : Answer.Error(500, "Connection Closed"));
        }
    }

    /// <exception cref="RestException">It has no WhatsApp.</exception>
    public static string Resolve(RestCall call, string number)
    {
        var jid = Jid.FromNumber(number);
        // The cache knows the phone of a hidden id that wrote; v1 knows no hidden ids.
        if (call.Dialect.RawProtobuf && Jid.IsHidden(jid) && call.Instance.Contacts.Contains(jid)
            && call.Gateway.WhatsApp.Find(jid) is { Phone.Length: > 0 } known)
        {
            jid = known.PhoneJid;
        }

        var refused = call.Dialect.IsV1
            && (Jid.IsHidden(jid) || (Jid.IsGroup(jid) && InstanceSettings.IgnoresGroups(call.Instance)));
        if (!refused && call.Gateway.WhatsApp.Resolve(jid) is { } to)
        {
            return to;
        }

        if (Jid.IsGroup(jid))
        {
            throw new RestException(call.Dialect.IsV1
                ? Answer.Error(500, "Cannot read properties of undefined (reading 'id')")
                : Answer.Errors(400, "[object Object]"));
        }

        throw new RestException(Answer.Error(400, new JsonArray(new JsonObject { ["jid"] = jid, ["exists"] = false, ["number"] = number })));
    }

    private static MessageContext Context(RestCall call, string to, JsonObject? options)
    {
        var quoted = options?["quoted"];
        var mentions = Mentions(call, to, options);
        if (quoted?["key"].Text("id") is not { } id)
        {
            return MessageContext.None with { Mentions = mentions };
        }

        if (quoted["key"].Text("fromMe") is not null)
        {
            throw new RestException(Answer.Invalid("quoted.key.fromMe is not of a type(s) boolean"));
        }

        var known = call.Instance.Messages.Find(id);
        if (quoted["message"] is JsonObject given)
        {
            // As the caller says; the gateway does not look.
            var content = given.FirstOrDefault(each => each.Value is not null);
            return new MessageContext(
                id, quoted["key"].Text("participant") ?? quoted["key"].Text("remoteJid") ?? to,
                content.Value is null ? null : new OtherContent(content.Key, content.Value), QuotedChat: null, mentions);
        }

        if (known is null)
        {
            // An unknown id is dropped without a word.
            return MessageContext.None with { Mentions = mentions };
        }

        var knownChat = call.Dialect.RawProtobuf ? known.ChatJid : known.Peer?.PhoneJid ?? known.ChatJid;
        var author = known.FromMe ? call.Instance.Account!.PhoneJid : known.Author?.PhoneJid ?? knownChat;
        var chat = call.Dialect.IsV1 || knownChat == to ? null : knownChat;
        return new MessageContext(id, author, known.Content, chat, mentions);
    }

    private static IReadOnlyList<string> Mentions(RestCall call, string to, JsonObject? options)
    {
        var asked = call.Dialect.IsV1 ? options?["mentions"] as JsonObject : options;
        var everyone = asked.Flag("mentionsEveryOne") ?? asked.Flag("everyOne");
        if (everyone == true && call.Gateway.WhatsApp.FindGroup(to) is { } group)
        {
            return [.. group.Members.Select(each => each.HiddenJid ?? each.PhoneJid)];
        }

        // Only normalised, not looked up: some become addresses that are none.
        return [.. (asked.Texts("mentioned") ?? []).Select(Jid.FromNumber)];
    }
}
