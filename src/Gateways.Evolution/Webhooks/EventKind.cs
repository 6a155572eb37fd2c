using System.Collections.Frozen;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What an event is about (webhooks, 4).</summary>
internal enum EventKind
{
    Unknown,
    Message,
    SentMessage,
    History,

    /// <summary>Rows of the gateway's own list of messages. No event of the gateway: the client wraps what it reads back like one.</summary>
    Sync,
    Receipt,
    Edit,
    Deletion,
    Connection,
    Qr,
    StatusInstance,
    Logout,
    Created,
    Removed,
    Contact,
    Group,
    GroupParticipants,
    Noise,
}

/// <summary>The names of events, in any spelling: dotted, UPPER_SNAKE, kebab.</summary>
internal static class EventNames
{
    /// <summary>The name under which rows of the gateway's own list are read.</summary>
    public const string Sync = "messages.sync";

    /// <summary>The name under which a group that was asked for is read.</summary>
    public const string Groups = "groups.upsert";

    private const int LongestName = 64;

    private static readonly FrozenDictionary<string, (string Name, EventKind Kind)> Known = new (string Name, EventKind Kind)[]
    {
        ("messages.upsert", EventKind.Message),
        ("send.message", EventKind.SentMessage),
        ("messages.set", EventKind.History),
        (Sync, EventKind.Sync),
        ("messages.update", EventKind.Receipt),
        ("messages.edited", EventKind.Edit),
        ("send.message.update", EventKind.Edit),
        ("messages.delete", EventKind.Deletion),
        ("connection.update", EventKind.Connection),
        ("qrcode.updated", EventKind.Qr),
        ("status.instance", EventKind.StatusInstance),
        ("logout.instance", EventKind.Logout),
        ("instance.create", EventKind.Created),
        ("instance.delete", EventKind.Removed),
        ("remove.instance", EventKind.Removed),
        ("contacts.upsert", EventKind.Contact),
        ("contacts.update", EventKind.Contact),
        ("contacts.set", EventKind.Contact),
        (Groups, EventKind.Group),
        ("groups.update", EventKind.Group),
        ("group.update", EventKind.Group),
        ("group-participants.update", EventKind.GroupParticipants),
        ("presence.update", EventKind.Noise),
        ("chats.set", EventKind.Noise),
        ("chats.upsert", EventKind.Noise),
        ("chats.update", EventKind.Noise),
        ("chats.delete", EventKind.Noise),
        ("labels.edit", EventKind.Noise),
        ("labels.association", EventKind.Noise),
        ("typebot.start", EventKind.Noise),
        ("typebot.change-status", EventKind.Noise),
        ("call", EventKind.Noise),
        ("application.startup", EventKind.Noise),
        ("creds.update", EventKind.Noise),
        ("messaging-history.set", EventKind.Noise),
        ("new.jwt", EventKind.Noise),
        ("new.jwt-token", EventKind.Noise),
        ("chama-ai.action", EventKind.Noise),
    }.ToFrozenDictionary(entry => Letters(entry.Name), StringComparer.Ordinal);

    /// <summary>The event's name as the gateway documents it, and what it is about; an unknown name as it came.</summary>
    public static (string Name, EventKind Kind) Find(string written)
    {
        Span<char> letters = stackalloc char[LongestName];
        var count = 0;
        foreach (var c in written)
        {
            if (c is '.' or '-' or '_' or ' ')
            {
                continue;
            }

            if (count == LongestName)
            {
                return (written, EventKind.Unknown);
            }

            letters[count++] = char.ToLowerInvariant(c);
        }

        return Known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters[..count], out var found)
            ? found
            : (written, EventKind.Unknown);
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetter));
}
