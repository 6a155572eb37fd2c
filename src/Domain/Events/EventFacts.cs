using Parley.Domain.Messages;
using Parley.Domain.Sessions;

namespace Parley.Domain.Events;

/// <summary>The facts of one event: ids, places, statuses and times, never content.</summary>
/// <remarks>Content is rendered at delivery from the message as it then is.</remarks>
[GenerateSerializer, Immutable, Alias("parley.EventFacts")]
public sealed record EventFacts
{
    /// <summary>One of <see cref="EventType"/>.</summary>
    [Id(0)]
    public required string Type { get; init; }

    /// <summary>1, 2, 3, … within its conversation or session.</summary>
    [Id(1)]
    public required long Number { get; init; }

    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The session that brought it, where one did.</summary>
    [Id(3)]
    public string? SessionId { get; init; }

    [Id(4)]
    public Guid? MessageId { get; init; }

    [Id(5)]
    public long? Sequence { get; init; }

    [Id(6)]
    public MessageOrigin? Origin { get; init; }

    [Id(7)]
    public MessageStatus? Previous { get; init; }

    [Id(8)]
    public MessageStatus? Current { get; init; }

    /// <summary>Of a merge: the conversation that was sealed.</summary>
    [Id(9)]
    public string? From { get; init; }

    /// <summary>Of a merge: the conversation that stays.</summary>
    [Id(10)]
    public string? Into { get; init; }

    [Id(11)]
    public long? FirstSequence { get; init; }

    [Id(12)]
    public long? LastSequence { get; init; }

    [Id(13)]
    public SessionStatus? PreviousSession { get; init; }

    [Id(14)]
    public SessionStatus? CurrentSession { get; init; }

    [Id(15)]
    public string? Reason { get; init; }

    /// <summary>Of a QR code: until when it lives. The code itself is in no event.</summary>
    [Id(16)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Of session.attention: what a person must do; null = nothing any more.</summary>
    [Id(17)]
    public string? Attention { get; init; }

    /// <summary>Of <see cref="EventType.Unreadable"/>, which no row is written with: the type that the row names; null = that cannot be read, either.</summary>
    [Id(18)]
    public string? WasType { get; init; }

    /// <summary>What happened, also where no more than that can be read; null = that is not known.</summary>
    public string? KnownType => Type == EventType.Unreadable ? WasType : Type;
}
