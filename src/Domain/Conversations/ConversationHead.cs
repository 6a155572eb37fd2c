using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sends;

namespace Parley.Domain.Conversations;

/// <summary>All that a conversation knows of itself without its messages: what a loaded grain keeps.</summary>
[GenerateSerializer, Immutable, Alias("parley.ConversationHead")]
public sealed record ConversationHead
{
    [Id(0)]
    public required string ConversationId { get; init; }

    /// <summary>Rises by one with every commit; 0 = not kept yet.</summary>
    [Id(1)]
    public long Version { get; init; }

    /// <summary>Number of its last event.</summary>
    [Id(2)]
    public long EventNumber { get; init; }

    [Id(3)]
    public required ConversationKind Kind { get; init; }

    /// <summary>The line's side: its number, or <c>session:…</c> while that is unknown.</summary>
    [Id(4)]
    public required Address Line { get; init; }

    /// <summary>The person on the other side (direct), by number, hidden id or both.</summary>
    [Id(5)]
    public Party? Contact { get; init; }

    /// <summary>The group on the other side.</summary>
    [Id(6)]
    public Address? Group { get; init; }

    /// <summary>The pairs under which it is found.</summary>
    [Id(7)]
    public ImmutableArray<AddressPair> Aliases { get; init; } = [];

    /// <summary>Sessions that used it, oldest first.</summary>
    [Id(8)]
    public ImmutableArray<string> SessionIds { get; init; } = [];

    /// <summary>Kept inbound messages above the delete mark.</summary>
    [Id(9)]
    public long InboundCount { get; init; }

    /// <summary>Kept outbound messages above the delete mark.</summary>
    [Id(10)]
    public long OutboundCount { get; init; }

    /// <summary>Inbound messages above <see cref="ReadUpTo"/> that count unread and whose status is below read.</summary>
    [Id(11)]
    public long UnreadCount { get; init; }

    [Id(12)]
    public long LastSequence { get; init; }

    [Id(13)]
    public long ReadUpTo { get; init; }

    /// <summary>The delete mark: what lies at or under it is gone for every reader; 0 = none.</summary>
    [Id(14)]
    public long DeletedUpTo { get; init; }

    /// <summary>What of it is tombstones already; equals <see cref="DeletedUpTo"/> when the background work is done.</summary>
    [Id(15)]
    public long ErasedUpTo { get; init; }

    /// <summary>The message with the greatest timestamp above the delete mark (not the one kept last); null = none.</summary>
    [Id(16)]
    public long? LastMessageSequence { get; init; }

    /// <summary>The greatest timestamp of its messages.</summary>
    [Id(17)]
    public DateTimeOffset? LastActivityAt { get; init; }

    [Id(18)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The conversation that stays, once this one is sealed.</summary>
    [Id(19)]
    public string? MergedInto { get; init; }

    /// <summary>What is still to be taken over from sealed ones, oldest first.</summary>
    [Id(20)]
    public ImmutableArray<TakeOver> TakingOver { get; init; } = [];

    /// <summary>What is to be sent, is leaving, or went out with an unknown outcome; in the order of the sequences.</summary>
    [Id(21)]
    public ImmutableArray<Send> Sends { get; init; } = [];

    /// <summary>The address that clients see: the group, the number, else the hidden id.</summary>
    public Address ContactAddress => Group ?? Contact?.Best ?? Line;

    public long MessageCount => InboundCount + OutboundCount;

    /// <summary>Whether a line has it: of two own lines that write to each other, each has.</summary>
    public bool IsOf(Address line) => Line.Canonical == line.Canonical || IsContact(line);

    /// <summary>The address to which a line writes in it: of two own lines that write to each other, each is the other's contact.</summary>
    public Address OtherSideOf(Address line) => IsContact(line) ? Line : ContactAddress;

    /// <summary>The best address of the other side of one of its messages: where an answer, a change or a receipt goes.</summary>
    public Address OtherSideOf(Message message)
    {
        var (own, other) = message.Direction == Direction.Out ? (message.From, message.To) : (message.To, message.From);
        var isLine = Kind == ConversationKind.Direct && (other.Canonical == Line.Canonical || IsContact(own));
        return !isLine ? ContactAddress : Line.Kind == AddressKind.Session ? other : Line;
    }

    /// <summary>Whether lists and look-ups show it: not sealed, and something above its delete mark.</summary>
    public bool IsVisible => MergedInto is null && MessageCount > 0;

    /// <summary>Whether a message that both have shows that they are one: they are of one line, as far as it is known, and their other sides have
    /// the same number or group, or one has no number yet. Two numbers are two people, whatever a gateway says, and a line that changed its
    /// number begins anew.</summary>
    public bool MayBeOneWith(ConversationHead other) =>
        Kind == other.Kind
        && ((IsOfLineOf(other) && (!HasPhone || !other.HasPhone || ContactAddress.Canonical == other.ContactAddress.Canonical))

            // Two lines that write to each other: which of them is the line depends on who began.
            || ContactAddress.Canonical == other.Line.Canonical || Line.Canonical == other.ContactAddress.Canonical);

    /// <summary>Whether one side has no number (yet): the contact has a hidden id alone, or the line is named by its session.</summary>
    public bool IsHidden => IsVisible && (Line.Kind == AddressKind.Session || Contact is { Phone: null, Lid: not null });

    /// <summary>Whether the other side is known by more than a hidden id.</summary>
    public bool HasPhone => Kind == ConversationKind.Group || Contact?.Phone is not null;

    private bool IsOfLineOf(ConversationHead other) =>
        Line.Canonical == other.Line.Canonical || Line.Kind == AddressKind.Session || other.Line.Kind == AddressKind.Session;

    private bool IsContact(Address line) => Kind == ConversationKind.Direct && ContactAddress.Canonical == line.Canonical;
}
