using Parley.Domain.Conversations;

namespace Parley.Ports;

/// <summary>Conversations and their messages, as their one owner reads and commits them.</summary>
/// <remarks>
/// Every read sees all commits that were answered before it began, on every node. Every call ends within
/// five seconds, with a <see cref="StoreException"/> if need be.
/// </remarks>
public interface IConversationStore
{
    /// <returns>Null when nothing is kept under the id.</returns>
    Task<ConversationHead?> ReadHead(string tenantId, string conversationId, CancellationToken cancellationToken);

    /// <summary>All messages of the tenant with these gateway ids, tombstones included, and all changes parked for them.</summary>
    Task<MessageLookup> LookUp(string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken);

    /// <returns>Where a message is by Parley's own id, tombstones included; null when there is none of the tenant.</returns>
    Task<KeptMessage?> FindById(string tenantId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>Makes one change durable, or tells why not.</summary>
    /// <exception cref="StoreUnavailableException">Nothing happened.</exception>
    /// <exception cref="StoreOutcomeUnknownException">It may have happened.</exception>
    Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken);

    /// <summary>Messages in the order of their sequences, tombstones included.</summary>
    /// <param name="after">Sequences greater than this.</param>
    /// <param name="limit">At most 500.</param>
    Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>How many messages with sequences in <c>(after, upTo]</c> count unread.</summary>
    Task<long> CountUnread(string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken);

    /// <summary>Whether any message that is not deleted names these bytes of the media store.</summary>
    Task<bool> NamesMedia(string tenantId, string sha256, CancellationToken cancellationToken);
}
