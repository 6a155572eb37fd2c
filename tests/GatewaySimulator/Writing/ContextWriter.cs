using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Writing;

/// <summary>Writes <c>contextInfo</c>.</summary>
internal static class ContextWriter
{
    /// <summary>Of a message from a phone.</summary>
    /// <returns>Null when it refers to nothing.</returns>
    public static JsonObject? Received(MessageContext context, Wire wire)
    {
        if (context.QuotedId is null && context.Mentions.Count == 0)
        {
            return null;
        }

        var info = new JsonObject();
        if (context.Mentions.Count > 0 || wire.BytesAsObject)
        {
            info["mentionedJid"] = Json.Array(context.Mentions);
        }

        AddQuote(info, context, wire, authorFirst: false);
        return info;
    }

    /// <summary>Of a REST send by v2.</summary>
    /// <param name="isDirect">Direct chats get the settings of disappearing messages.</param>
    /// <returns>Null when there is none.</returns>
    public static JsonObject? Sent(MessageContext context, Dialect dialect, DateTimeOffset at, bool isDirect)
    {
        var wire = dialect.RawProtobuf ? Wire.Raw : Wire.Text;
        if (!dialect.FillsContext)
        {
            return Received(context, wire);
        }

        if (!isDirect && context.QuotedId is null && context.Mentions.Count == 0)
        {
            return null;
        }

        var info = new JsonObject { ["mentionedJid"] = Json.Array(context.Mentions), ["groupMentions"] = new JsonArray() };
        AddQuote(info, context, wire, authorFirst: false);
        if (isDirect)
        {
            info["ephemeralSettingTimestamp"] = wire.Long(at.AddDays(-2).ToUnixTimeSeconds());
            info["disappearingMode"] = new JsonObject { ["initiator"] = 0 };
        }

        return info;
    }

    /// <summary>Of a REST send by v1.</summary>
    public static JsonObject? SentByV1(MessageContext context)
    {
        if (context.QuotedId is null)
        {
            // Mentions of texts are lost: the key is emptied.
            return context.Mentions.Count > 0 ? [] : null;
        }

        var info = new JsonObject();
        AddQuote(info, context, Wire.Text, authorFirst: true);
        return info;
    }

    private static void AddQuote(JsonObject info, MessageContext context, Wire wire, bool authorFirst)
    {
        if (context.QuotedId is null)
        {
            return;
        }

        if (authorFirst)
        {
            info["participant"] = context.QuotedAuthor;
        }

        info["stanzaId"] = context.QuotedId;
        info["participant"] = context.QuotedAuthor;
        if (context.Quoted is { } quoted)
        {
            info["quotedMessage"] = new JsonObject { [quoted.Type] = quoted.Write(wire) };
        }

        if (context.QuotedChat is not null)
        {
            info["remoteJid"] = context.QuotedChat;
        }
    }
}
