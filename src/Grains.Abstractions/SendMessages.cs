using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;

namespace Parley.Grains.Abstractions;

/// <summary>A message to be sent.</summary>
/// <param name="Opening">How the conversation begins if it is not there.</param>
[GenerateSerializer, Immutable, Alias("parley.QueueRequest")]
public sealed record QueueRequest([property: Id(0)] ConversationOpening Opening, [property: Id(1)] SendOrder Order);

/// <summary>What became of a <see cref="QueueRequest"/>.</summary>
/// <param name="Message">Null when nothing was queued, or the message is deleted since.</param>
[GenerateSerializer, Immutable, Alias("parley.QueueReply")]
public sealed record QueueReply(
    [property: Id(0)] QueueOutcome Outcome,
    [property: Id(1)] Message? Message,
    [property: Id(2)] string? MovedTo,
    [property: Id(3)] AddressPair? PairTaken);

/// <summary>How a <see cref="QueueRequest"/> ended.</summary>
public enum QueueOutcome
{
    Queued,

    /// <summary>The message is there already, by an earlier try.</summary>
    Known,

    /// <summary>As many as may wait in one conversation do.</summary>
    Full,

    /// <summary>Nothing happened: see where the reply points.</summary>
    NotHere,
}

/// <summary>Whether a send may go now.</summary>
/// <param name="Message">The message to be sent, when it leaves.</param>
/// <param name="To">Where to: the number where it is known.</param>
[GenerateSerializer, Immutable, Alias("parley.LeaveReply")]
public sealed record LeaveReply(
    [property: Id(0)] LeaveOutcome Outcome,
    [property: Id(1)] Message? Message,
    [property: Id(2)] Address? To,
    [property: Id(3)] string? MovedTo);

/// <summary>How asking a send to leave ended.</summary>
public enum LeaveOutcome
{
    /// <summary>It is leaving by the asker's token: only they may send it.</summary>
    Leaving,

    /// <summary>Another one of the conversation comes first, or a merge does.</summary>
    Later,

    /// <summary>It is in no queue (any more): sent, failed, cancelled or expired.</summary>
    Done,

    /// <summary>Nothing happened: see where the reply points.</summary>
    NotHere,
}

/// <summary>How a send ended.</summary>
/// <param name="Token">Of whoever made it leave; null = the sweep, which finds nobody at it any more.</param>
[GenerateSerializer, Immutable, Alias("parley.SettleRequest")]
public sealed record SettleRequest(
    [property: Id(0)] Guid MessageId,
    [property: Id(1)] Guid? Token,
    [property: Id(2)] SendResult Outcome)
{
    /// <summary>Of <see cref="SendResult.Accepted"/>: the gateway's id.</summary>
    [Id(3)]
    public string? ExternalId { get; init; }

    /// <summary>Of <see cref="SendResult.Accepted"/>: the gateway's time.</summary>
    [Id(4)]
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Of <see cref="SendResult.Accepted"/>: the status that the answer tells.</summary>
    [Id(5)]
    public MessageStatus? Status { get; init; }

    /// <summary>Of <see cref="SendResult.Failed"/> and <see cref="SendResult.NotSent"/>: why.</summary>
    [Id(6)]
    public MessageError? Error { get; init; }
}

/// <summary>What whoever made a send leave knows of it.</summary>
public enum SendResult
{
    /// <summary>The gateway took it and named it.</summary>
    Accepted,

    /// <summary>It was not sent and is not to be tried again.</summary>
    Failed,

    /// <summary>It was not sent and goes back to its place in the queue.</summary>
    NotSent,

    /// <summary>It may have been sent.</summary>
    Unknown,
}

/// <summary>What became of a report, or of cancelling.</summary>
/// <param name="Done">Whether it changed anything.</param>
/// <param name="Message">The message as it now is; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("parley.SettleReply")]
public sealed record SettleReply(
    [property: Id(0)] bool Done, [property: Id(1)] Message? Message, [property: Id(2)] string? MovedTo);
