using System.Text.Json;
using Parley.Domain.Addresses;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What kind of chat a key names.</summary>
internal enum ChatKind
{
    Unknown,
    Direct,
    Group,
    Story,
    BroadcastList,
    Newsletter,
}

/// <summary>A message's key: its id, its chat and its people, in all five ways of writing them (webhooks, 8).</summary>
internal sealed record MessageKey(string? Id, bool FromMe, ChatKind Chat)
{
    private const int LongestId = 256;

    public Address? Group { get; private init; }

    /// <summary>The other person of a direct chat; null in groups.</summary>
    public Party? Peer { get; private init; }

    /// <summary>The author in a group; null in direct chats.</summary>
    public Party? Author { get; private init; }

    /// <summary>Who wrote it, as far as the key tells; of own messages in direct chats nobody.</summary>
    public Party? Writer => Chat == ChatKind.Group ? Author : FromMe ? null : Peer;

    /// <summary>The pair that this key may teach (<c>DOMAIN</c>, address book).</summary>
    public LidPair? Pair => (Peer ?? Author) is { Phone: { } phone, Lid: { } lid } ? new(lid, phone) : null;

    public static MessageKey Of(JsonElement key, Envelope envelope)
    {
        var id = IdOf(key.Get("id"u8));
        var fromMe = key.Get("fromMe"u8).IsTrue();
        var jid = key.Get("remoteJid"u8).Text();
        var chat = ChatOf(jid, out var address);
        return chat switch
        {
            ChatKind.Group => new(id, fromMe, chat) { Group = address, Author = AuthorOf(key) },
            ChatKind.Direct => new(id, fromMe, chat) { Peer = CloudPeerOf(key, address, id, envelope) ?? PeerOf(key, address, fromMe) },
            _ => new(id, fromMe, chat),
        };
    }

    /// <summary>The same with this author, where it is a group's and names none: 1.x tells them beside the key in history.</summary>
    public MessageKey Or(JsonElement participant)
    {
        if (Chat != ChatKind.Group || Author is not null)
        {
            return this;
        }

        var people = new PartyBuilder();
        people.Add(participant);
        return people.Party is { IsKnown: true } author ? this with { Author = author } : this;
    }

    /// <summary>A gateway id, or null where the value cannot be one.</summary>
    public static string? IdOf(JsonElement value) => value.Words() is { Length: <= LongestId } id ? id : null;

    /// <summary>Whether a chat is a story, a broadcast list or a channel: its messages are none of Parley's.</summary>
    public static bool IsElsewhere(JsonElement jid) =>
        ChatOf(jid.Text(), out _) is ChatKind.Story or ChatKind.BroadcastList or ChatKind.Newsletter;

    private static ChatKind ChatOf(string? jid, out Address address)
    {
        address = default;
        if (jid is null)
        {
            return ChatKind.Unknown;
        }

        if (jid.EndsWith("@broadcast", StringComparison.OrdinalIgnoreCase))
        {
            return jid.StartsWith("status@", StringComparison.OrdinalIgnoreCase) ? ChatKind.Story : ChatKind.BroadcastList;
        }

        if (jid.EndsWith("@newsletter", StringComparison.OrdinalIgnoreCase))
        {
            return ChatKind.Newsletter;
        }

        if (!Address.TryParse(jid, out address))
        {
            return ChatKind.Unknown;
        }

        return address.Kind switch
        {
            AddressKind.Group => ChatKind.Group,
            AddressKind.Phone or AddressKind.Lid => ChatKind.Direct,
            _ => ChatKind.Unknown,
        };
    }

    /// <summary>The peer whose number Meta put into the id; null where the payload is not the Cloud API's.</summary>
    /// <remarks>
    /// The Cloud API's chat address can be another person's (webhooks, 5.1 "Cloud API instances"). Everywhere else the id is what the
    /// sender's client chose, and could name anybody. That an instance is none of the Cloud API shows in its own number around the
    /// message, or in anything that its key says beyond the chat.
    /// </remarks>
    private static Party? CloudPeerOf(JsonElement key, Address chat, string? id, Envelope envelope) =>
        envelope is { Line: null, Kind: EventKind.Message or EventKind.SentMessage }
        && chat.IsPhone
        && key.EnumerateObject().All(static member => member.NameEquals("id"u8) || member.NameEquals("remoteJid"u8) || member.NameEquals("fromMe"u8))
        && Wamid.PhoneOf(id) is { } phone
            ? Party.Of(phone)
            : null;

    private static Party PeerOf(JsonElement key, Address chat, bool fromMe)
    {
        var people = new PartyBuilder();
        people.Add(chat);
        people.Add(key.Get("remoteJidAlt"u8));
        people.Add(key.Get("previousRemoteJid"u8));

        // Of own messages senderPn and senderLid are the line itself.
        if (!fromMe)
        {
            people.Add(key.Get("senderPn"u8));
            people.Add(key.Get("senderLid"u8));
        }

        return people.Party;
    }

    private static Party? AuthorOf(JsonElement key)
    {
        var people = new PartyBuilder();
        people.Add(key.Get("participant"u8));
        people.Add(key.Get("participantAlt"u8));
        people.Add(key.Get("participantPn"u8));
        people.Add(key.Get("participantLid"u8));
        return people.Party is { IsKnown: true } author ? author : null;
    }
}
