using System.Collections.Concurrent;
using Parley.Domain.Conversations;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>The real store; a test may put trouble in the way of the next commit of one conversation.</summary>
internal sealed class TroubledStore(IConversationStore store) : IConversationStore
{
    private readonly ConcurrentDictionary<string, Func<Func<Task<CommitResult>>, Task<CommitResult>>> _troubles = new();
    private readonly ConcurrentDictionary<string, Func<Func<Task<CommitResult>>, Task<CommitResult>>> _storms = new();
    private readonly ConcurrentDictionary<string, LookUpWatch> _lookUps = new();
    private readonly ConcurrentDictionary<string, bool> _failing = new();
    private readonly ConcurrentDictionary<Guid, bool> _damaged = new();

    /// <summary>A message cannot be read by its sequence, until it is mended.</summary>
    public void Damage(Guid messageId) => _damaged[messageId] = true;

    public void Mend(Guid messageId) => _damaged.TryRemove(messageId, out _);

    /// <summary>The next commit of a conversation goes through <paramref name="trouble"/>, which is given the real one to make.</summary>
    public void OnNextCommit(string tenantId, string conversationId, Func<Func<Task<CommitResult>>, Task<CommitResult>> trouble) =>
        _troubles[$"{tenantId}/{conversationId}"] = trouble;

    /// <summary>Every commit of a tenant goes through <paramref name="trouble"/>; null = none any more.</summary>
    public void OnEveryCommit(string tenantId, Func<Func<Task<CommitResult>>, Task<CommitResult>>? trouble)
    {
        if (trouble is null)
        {
            _storms.TryRemove(tenantId, out _);
        }
        else
        {
            _storms[tenantId] = trouble;
        }
    }

    public Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken)
    {
        Task<CommitResult> Real() => store.Commit(commit, cancellationToken);
        return _troubles.TryRemove($"{commit.TenantId}/{commit.Head.ConversationId}", out var once) ? once(Real)
            : _storms.TryGetValue(commit.TenantId, out var always) ? always(Real)
            : Real();
    }

    /// <summary>The next look-up that names an id fails.</summary>
    public void FailNextLookUp(string tenantId, string externalId) => _failing[$"{tenantId}/{externalId}"] = true;

    public Task<ConversationHead?> ReadHead(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        store.ReadHead(tenantId, conversationId, cancellationToken);

    /// <summary>Ends when an id of a tenant has been looked up and no other look-up of that tenant is under way.</summary>
    public Task LookedUp(string tenantId, string externalId) => WatchOf(tenantId).LookedUp(externalId);

    public async Task<MessageLookup> LookUp(string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        if (externalIds.Any(id => _failing.TryRemove($"{tenantId}/{id}", out _)))
        {
            throw new StoreUnavailableException("A test wants it.");
        }

        var watch = WatchOf(tenantId);
        watch.Begin();
        try
        {
            return await store.LookUp(tenantId, externalIds, cancellationToken);
        }
        finally
        {
            // In a turn of the grain that asked: what it does with the answer comes before the turn of any later call.
            watch.End(externalIds);
        }
    }

    public Task<KeptMessage?> FindById(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        store.FindById(tenantId, messageId, cancellationToken);

    public async Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken) =>
        [.. (await store.ReadAfter(tenantId, conversationId, after, limit, cancellationToken)).Select(AsItIs)];

    public Task<long> CountUnread(string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken) =>
        store.CountUnread(tenantId, conversationId, after, upTo, cancellationToken);

    public Task<bool> NamesMedia(string tenantId, string sha256, CancellationToken cancellationToken) =>
        store.NamesMedia(tenantId, sha256, cancellationToken);

    private KeptMessage AsItIs(KeptMessage kept) => _damaged.ContainsKey(kept.MessageId)
        ? KeptMessage.Read<object?>(kept.ConversationId, kept.Sequence, kept.MessageId, null, null, null, static _ => throw new FormatException("Damaged."))
        : kept;

    private LookUpWatch WatchOf(string tenantId) => _lookUps.GetOrAdd(tenantId, static _ => new LookUpWatch());
}
