using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>A message of a conversation, as it is kept.</summary>
[GenerateSerializer, Immutable, Alias("parley.Message")]
public sealed record Message
{
    /// <summary>UUIDv7, given by Parley; unchanged by a merge.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>The gateway's id; with direction and conversation the identity of the message.</summary>
    [Id(1)]
    public required string ExternalId { get; init; }

    /// <summary>The place in its conversation: 1, 2, 3, … without a gap, never reused.</summary>
    [Id(2)]
    public long Sequence { get; init; }

    [Id(3)]
    public required Direction Direction { get; init; }

    [Id(4)]
    public required MessageOrigin Origin { get; init; }

    [Id(5)]
    public required MessageStatus Status { get; init; }

    /// <summary>The session that first brought it.</summary>
    [Id(6)]
    public required string SessionId { get; init; }

    /// <summary>Line or contact (group), as the payload named it.</summary>
    [Id(7)]
    public required Address From { get; init; }

    [Id(8)]
    public required Address To { get; init; }

    /// <summary>In a group, the person who wrote it.</summary>
    [Id(9)]
    public Party? Author { get; init; }

    [Id(10)]
    public string? AuthorName { get; init; }

    [Id(11)]
    public required MessageContent Content { get; init; }

    /// <summary>The gateway's time, never a local clock's. Of two deliveries the smaller stays.</summary>
    [Id(12)]
    public required DateTimeOffset Timestamp { get; init; }

    [Id(13)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(14)]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Id(15)]
    public StatusTimes Times { get; init; } = StatusTimes.None;

    [Id(16)]
    public MessageError? Error { get; init; }

    /// <summary>Per person and gateway the latest, empty ones included.</summary>
    [Id(17)]
    public ImmutableArray<Reaction> Reactions { get; init; } = [];

    [Id(18)]
    public ImmutableArray<Vote> Votes { get; init; } = [];

    [Id(19)]
    public ImmutableArray<Edit> Edits { get; init; } = [];

    /// <summary>When it was deleted for everyone; its content and edits are gone from then on, reactions stay.</summary>
    [Id(20)]
    public DateTimeOffset? DeletedAt { get; init; }

    [Id(21)]
    public MergedFrom? MergedFrom { get; init; }

    /// <summary>Counts as unread while its sequence is above the conversation's <c>readUpTo</c>.</summary>
    [Id(22)]
    public bool CountsUnread { get; init; }

    /// <summary>Of a send: whom its caller named, as they wrote it.</summary>
    [Id(23)]
    public string? RequestedTo { get; init; }

    /// <summary>Of a send: what its caller gave along, a JSON object as text.</summary>
    [Id(24)]
    public string? Metadata { get; init; }

    /// <summary>Of a send: the failed message that it repeats.</summary>
    [Id(25)]
    public Guid? RetryOf { get; init; }

    /// <summary>Of a send: when it no longer leaves.</summary>
    [Id(26)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether somebody asked Parley to send it.</summary>
    public bool IsSend => ExpiresAt is not null;

    /// <summary>Whether the gateway has named it: until then <see cref="ExternalId"/> is <see cref="UnsentId"/>.</summary>
    public bool IsNamed => ExternalId != UnsentId(Id);

    /// <summary>Stands for the gateway's id of a message that the gateway has not named yet, so that identity and look-ups are the same for all.</summary>
    public static string UnsentId(Guid id) => $"unsent:{id:N}";
}
