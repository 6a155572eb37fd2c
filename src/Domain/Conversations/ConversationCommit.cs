using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Work;

namespace Parley.Domain.Conversations;

/// <summary>One atomic change of a conversation: all of it or nothing.</summary>
/// <remarks>The store refuses it unless the kept version is <c>Head.Version - 1</c> (0 = none kept).</remarks>
public sealed record ConversationCommit
{
    public required string TenantId { get; init; }

    public required ConversationHead Head { get; init; }

    /// <summary>How many conversations the tenant's lists show more (or less) after it.</summary>
    public int VisibleDelta { get; init; }

    /// <summary>How many messages the tenant's lists show more (or less) after it.</summary>
    public long MessageDelta { get; init; }

    /// <summary>New messages: their sequences follow the ones before without a gap.</summary>
    public ImmutableArray<Message> Added { get; init; } = [];

    /// <summary>Kept messages that changed; found by their sequence.</summary>
    public ImmutableArray<Message> Changed { get; init; } = [];

    /// <summary>Rows that come over from sealed conversations.</summary>
    public ImmutableArray<MovedMessage> Moved { get; init; } = [];

    /// <summary>Sequences whose messages become tombstones: message id, sequence and hashed gateway ids stay, nothing else.</summary>
    public ImmutableArray<long> Erased { get; init; } = [];

    /// <summary>Sequences whose messages (or tombstones) give up their gateway id to another of this commit: they become tombstones that no
    /// gateway id leads to. Before <see cref="Changed"/>, where the other takes it. What comes or is changed in the same commit is released, too.</summary>
    public ImmutableArray<long> Released { get; init; } = [];

    /// <summary>Sends to be put into their sessions' queues, or changed there: by their message id, from whichever conversation they were.</summary>
    public ImmutableArray<QueuedSend> Queued { get; init; } = [];

    /// <summary>Message ids of sends that leave the queue. One that is in none does no harm.</summary>
    public ImmutableArray<Guid> Dequeued { get; init; } = [];

    /// <summary>Pairs under which the conversation is found from now on.</summary>
    public ImmutableArray<AddressPair> Aliases { get; init; } = [];

    /// <summary>Parked changes that are applied (or void) with this commit.</summary>
    public ImmutableArray<long> Unparked { get; init; } = [];

    /// <summary>Gateway ids that were decided as new without a look-up: the store refuses the commit if it knows one of them in the
    /// tenant, as a message of either direction or by a parked change.</summary>
    public ImmutableArray<string> Unseen { get; init; } = [];

    public ImmutableArray<EventFacts> Events { get; init; } = [];

    /// <summary>To-dos that this change leaves.</summary>
    public ImmutableArray<WorkItem> Leaves { get; init; } = [];
}
