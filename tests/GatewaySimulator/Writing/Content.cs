using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Writing;

/// <summary>What a message says, apart from how a version writes it.</summary>
public abstract record Content
{
    /// <summary>The key of <c>message</c> that holds it.</summary>
    public abstract string Type { get; }

    /// <summary>Text, caption, emoji, question: what a person reads.</summary>
    public virtual string? Text => null;

    /// <returns>The value under <see cref="Type"/>.</returns>
    public abstract JsonNode Write(Wire wire);

    /// <summary>Whether <c>contextInfo</c> also lies in the content itself.</summary>
    public virtual bool HoldsContext => true;

    /// <summary>Whether the message has a <c>contextInfo</c> beside its content at all.</summary>
    public virtual bool HasContext => true;
}

/// <summary>A text. WhatsApp knows two forms: the bare one, and the extended one of replies, links and REST sends.</summary>
public sealed record TextContent(string Words) : Content
{
    /// <summary>v1 keeps the extended form apart; v2 turns it into the bare one.</summary>
    public bool Extended { get; init; }

    public override string Type => Extended ? "extendedTextMessage" : "conversation";

    public override string Text => Words;

    public override bool HoldsContext => Extended;

    public override JsonNode Write(Wire wire) => Extended ? new JsonObject { ["text"] = Words } : Words;
}

/// <summary>Picture, video, voice note, document, sticker, with its bytes.</summary>
public sealed record MediaContent(MediaKind Kind, byte[] Bytes, string MimeType) : Content
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _encrypted = RandomNumberGenerator.GetBytes(32);

    public string? Caption { get; init; }

    public string? FileName { get; init; }

    public bool VoiceNote { get; init; }

    public int? Seconds { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    /// <summary>A small picture in the message itself; null = none.</summary>
    public byte[]? Thumbnail { get; init; }

    public DateTimeOffset KeyTime { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>WhatsApp has dropped the bytes: they can no longer be fetched.</summary>
    public bool Expired { get; init; }

    public override string Type => Kind switch
    {
        MediaKind.Image => "imageMessage",
        MediaKind.Video => "videoMessage",
        MediaKind.Note => "ptvMessage",
        MediaKind.Audio => "audioMessage",
        MediaKind.Sticker => "stickerMessage",
        _ => "documentMessage",
    };

    public override string? Text => Caption;

    public override JsonNode Write(Wire wire)
    {
        var content = new JsonObject
        {
            ["url"] = "https://mmg.whatsapp.net/v/t62.7118-24/simulated.enc?ccb=11-4",
            ["mimetype"] = MimeType,
        };
        Set(content, "caption", Caption);
        content["fileSha256"] = wire.Bytes(SHA256.HashData(Bytes));
        content["fileLength"] = wire.Long(Bytes.Length, unsigned: true);
        Set(content, "height", Height);
        Set(content, "width", Width);
        Set(content, "seconds", Seconds);
        Set(content, "ptt", Kind == MediaKind.Audio ? VoiceNote : null);
        content["mediaKey"] = wire.Bytes(_key);
        Set(content, "fileName", FileName);
        content["fileEncSha256"] = wire.Bytes(_encrypted);
        content["directPath"] = "/v/t62.7118-24/simulated.enc?ccb=11-4";
        content["mediaKeyTimestamp"] = wire.Long(KeyTime.ToUnixTimeSeconds());
        if (Thumbnail is not null)
        {
            content["jpegThumbnail"] = wire.Bytes(Thumbnail);
        }

        foreach (var list in wire.BytesAsObject ? EmptyLists() : [])
        {
            content[list] = new JsonArray();
        }

        return content;
    }

    // Protobuf lists without an entry.
    private string[] EmptyLists() => Kind switch
    {
        MediaKind.Image => ["interactiveAnnotations", "scanLengths", "annotations"],
        MediaKind.Video or MediaKind.Note => ["interactiveAnnotations", "annotations", "processedVideos"],
        _ => [],
    };

    private static void Set(JsonObject content, string key, JsonNode? value)
    {
        if (value is not null)
        {
            content[key] = value;
        }
    }
}

public enum MediaKind
{
    Image,
    Video,

    /// <summary>A round video (ptv).</summary>
    Note,
    Audio,
    Document,
    Sticker,
}

public sealed record LocationContent(double Latitude, double Longitude, string? Name, string? Address) : Content
{
    public override string Type => "locationMessage";

    public override string? Text => Name;

    public override JsonNode Write(Wire wire)
    {
        var content = new JsonObject { ["degreesLatitude"] = Latitude, ["degreesLongitude"] = Longitude };
        if (Name is not null)
        {
            content["name"] = Name;
        }

        if (Address is not null)
        {
            content["address"] = Address;
        }

        return content;
    }
}

/// <summary>One contact card or several.</summary>
public sealed record ContactContent(IReadOnlyList<ContactCard> Cards) : Content
{
    public override string Type => Cards.Count == 1 ? "contactMessage" : "contactsArrayMessage";

    public override string? Text => Cards.Count == 1 ? Cards[0].Name : null;

    public override JsonNode Write(Wire wire) => Cards.Count == 1 ? Cards[0].Write() : new JsonObject
    {
        ["contacts"] = new JsonArray([.. Cards.Select(card => (JsonNode)card.Write())]),
        ["displayName"] = $"{Cards.Count} contacts",
    };
}

public sealed record ContactCard(string Name, string VCard)
{
    public JsonObject Write() => new() { ["displayName"] = Name, ["vcard"] = VCard };
}

public sealed record PollContent(string Question, IReadOnlyList<string> Options, int Selectable) : Content
{
    public override string Type => "pollCreationMessageV3";

    public override string Text => Question;

    public override bool HoldsContext => false;

    public override JsonNode Write(Wire wire) => new JsonObject
    {
        ["options"] = new JsonArray([.. Options.Select(option => (JsonNode)new JsonObject { ["optionName"] = option })]),
        ["name"] = Question,
        ["selectableOptionsCount"] = Selectable,
    };
}

/// <param name="Target">The key of the message that it is about.</param>
/// <param name="Emoji">Empty = taken back.</param>
public sealed record ReactionContent(MessageKey Target, string Emoji, DateTimeOffset At) : Content
{
    public override string Type => "reactionMessage";

    public override string Text => Emoji;

    public override bool HasContext => false;

    public override bool HoldsContext => false;

    public override JsonNode Write(Wire wire) => new JsonObject
    {
        ["key"] = Target.Write(),
        ["text"] = Emoji,
        ["senderTimestampMs"] = wire.Long(At.ToUnixTimeMilliseconds()),
    };
}

/// <summary>A vote in a poll.</summary>
/// <param name="Poll">The key of the poll.</param>
/// <param name="Chosen">All options that the voter now chooses; empty = the vote is taken back.</param>
/// <param name="IsRead">Whether the gateway could read it, with the secret of the poll that it has.</param>
public sealed record VoteContent(MessageKey Poll, IReadOnlyList<string> Chosen, DateTimeOffset At, bool IsRead = true) : Content
{
    private readonly byte[] _encrypted = RandomNumberGenerator.GetBytes(50);
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(12);

    public override string Type => "pollUpdateMessage";

    public override bool HasContext => false;

    public override bool HoldsContext => false;

    public override JsonNode Write(Wire wire)
    {
        var vote = new JsonObject { ["encPayload"] = wire.Bytes(_encrypted), ["encIv"] = wire.Bytes(_nonce) };
        if (IsRead)
        {
            vote["selectedOptions"] = new JsonArray([.. Chosen.Select(static option => (JsonNode)option)]);
        }

        return new JsonObject
        {
            ["pollCreationMessageKey"] = Poll.Write(),
            ["vote"] = vote,
            ["senderTimestampMs"] = wire.Long(At.ToUnixTimeMilliseconds()),
        };
    }
}

/// <summary>Any other content, written as given.</summary>
public sealed record OtherContent(string Name, JsonNode Value, string? Words = null) : Content
{
    public override string Type => Name;

    public override string? Text => Words;

    public override bool HoldsContext => false;

    public override bool HasContext => false;

    public override JsonNode Write(Wire wire) => Value.DeepClone();
}
