using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>One thing that a conversation is told.</summary>
[GenerateSerializer, Immutable, Alias("parley.ConversationItem")]
public abstract record ConversationItem
{
    /// <summary>The gateway id of the message that it is about.</summary>
    public abstract string ExternalId { get; }

    /// <summary>The session that tells it.</summary>
    public abstract string SessionId { get; }
}

/// <summary>A message was delivered.</summary>
[GenerateSerializer, Immutable, Alias("parley.KeepItem")]
public sealed record KeepItem([property: Id(0)] IncomingMessage Message) : ConversationItem
{
    /// <summary>It is no echo of a send: it could be of several.</summary>
    [Id(1)]
    public bool IsNoEcho { get; init; }

    public override string ExternalId => Message.ExternalId;

    public override string SessionId => Message.SessionId;
}

/// <summary>A message of the conversation changed.</summary>
/// <param name="Session">The session that told it.</param>
/// <param name="Direction">Which of the conversation's messages with this gateway id is meant, as the look-up chose.</param>
/// <param name="ParkedId">Under which it is parked; null when it is not.</param>
[GenerateSerializer, Immutable, Alias("parley.ChangeItem")]
public sealed record ChangeItem(
    [property: Id(0)] MessageChange Change,
    [property: Id(1)] string Session,
    [property: Id(2)] Direction Direction,
    [property: Id(3)] long? ParkedId) : ConversationItem
{
    public override string ExternalId => Change.TargetId;

    public override string SessionId => Session;
}
