using System.Collections.Immutable;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IConversationStore
{
    public Task<ConversationHead?> ReadHead(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Conversations.GetValueOrDefault(conversationId)?.Head);

    public Task<MessageLookup> LookUp(string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        Task.FromResult(Find(tenantId, externalIds));

    public Task<KeptMessage?> FindById(string tenantId, Guid messageId, CancellationToken cancellationToken) => Task.FromResult(
        Of(tenantId).Conversations.Values.SelectMany(c => c.Rows.Values).FirstOrDefault(row => row.MessageId == messageId)?.BySequence());

    /// <summary>Whether something is known under the ids that a commit takes for new; null = nothing.</summary>
    public CommitResult? RefuseSeen(ConversationCommit commit) =>
        Find(commit.TenantId, commit.Unseen) is { } seen && seen.Messages.Count + seen.Parked.Count > 0
            ? new CommitResult(CommitOutcome.Seen, Seen: seen)
            : null;

    private MessageLookup Find(string tenantId, IReadOnlyCollection<string> externalIds)
    {
        var tenant = Of(tenantId);
        var wanted = externalIds.ToHashSet(StringComparer.Ordinal);
        var messages = new List<KeptMessage>();
        foreach (var id in wanted)
        {
            if (tenant.ByExternalId.TryGetValue(id, out var rows))
            {
                messages.AddRange(rows.Select(row => row.ByLookUp()));
            }
        }

        var parked = _parked.Values.Select(p => p.Change)
            .Where(p => p.TenantId == tenantId && wanted.Contains(p.Change.TargetId));
        return new MessageLookup(messages, [.. parked]);
    }

    public Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Commit(commit));
    }

    public Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeptMessage> page = Of(tenantId).Conversations.TryGetValue(conversationId, out var conversation)
            ? [.. conversation.Rows.Values.Where(row => row.Sequence > after).Take(limit).Select(row => row.BySequence())]
            : [];
        return Task.FromResult(page);
    }

    public Task<long> CountUnread(string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken)
    {
        var count = Of(tenantId).Conversations.TryGetValue(conversationId, out var conversation)
            ? conversation.Rows.Values.LongCount(row => row.Sequence > after && row.Sequence <= upTo && row.Message is
            {
                Direction: Direction.In, CountsUnread: true, Status: < MessageStatus.Read,
            })
            : 0;
        return Task.FromResult(count);
    }

    public Task<bool> NamesMedia(string tenantId, string sha256, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Conversations.Values.Any(conversation => conversation.Rows.Values.Any(row =>
            row.Sequence > conversation.Head.DeletedUpTo && row.Message?.Content.Media?.Sha256 == sha256)));

    private CommitResult Commit(ConversationCommit commit)
    {
        if (RefuseSeen(commit) is { } seen)
        {
            return seen;
        }

        var tenant = Of(commit.TenantId);
        var id = commit.Head.ConversationId;
        var kept = tenant.Conversations.GetValueOrDefault(id);
        if (IsStale(kept?.Head.Version ?? 0, commit.Head.Version))
        {
            return CommitResult.Stale;
        }

        foreach (var pair in commit.Aliases)
        {
            if (tenant.Pairs.TryGetValue(pair, out var other) && other != id)
            {
                return new CommitResult(CommitOutcome.PairTaken, Pair: pair);
            }
        }

        if (FindRefused(kept, commit) is { } refused)
        {
            return new CommitResult(CommitOutcome.Refused, ExternalId: refused);
        }

        if (NamesNothing(tenant, kept, commit))
        {
            return new CommitResult(CommitOutcome.Refused);
        }

        if (kept is null)
        {
            tenant.Conversations.Add(id, kept = new Conversation { Head = commit.Head });
        }

        kept.Head = commit.Head;
        foreach (var pair in commit.Aliases)
        {
            tenant.Pairs[pair] = id;
        }

        Apply(tenant, kept, commit);
        ApplySends(tenant, commit);
        Unpark(commit.TenantId, commit.Unparked);
        Log(commit.TenantId, id, commit.Events);
        Leave(tenant, commit.Leaves);
        recorder.Add(new Committed(commit, IsLate));
        if (commit.Head.MergedInto is not null)
        {
            var sealing = _nextSeal;
            _nextSeal = new TaskCompletionSource();
            sealing.SetResult();
        }

        return commit.Unseen.IsEmpty ? CommitResult.Done : new CommitResult(CommitOutcome.Done, Seen: MessageLookup.Nothing);
    }

    /// <summary>The fence against a second owner: whoever decided on an older state is refused.</summary>
    private static bool IsStale(long kept, long next) => kept != next - 1;

    /// <summary>Whether it releases, changes, moves or erases a row that is not there.</summary>
    private static bool NamesNothing(Tenant tenant, Conversation? kept, ConversationCommit commit) =>
        commit.Released.Any(s => kept?.Rows.ContainsKey(s) != true && !Gives(commit, s))
        || Unreleased(commit).Any(m => kept?.Rows.GetValueOrDefault(m.Sequence)?.Message is null)
        || commit.Erased.Any(s => kept?.Rows.ContainsKey(s) != true && !commit.Added.Any(m => m.Sequence == s))
        || commit.Moved.Any(m => tenant.Conversations.GetValueOrDefault(m.From)?.Rows.ContainsKey(m.FromSequence) != true);

    private static string? FindRefused(Conversation? kept, ConversationCommit commit)
    {
        // What is released gives its id up first, and what is changed may take another.
        var rows = kept?.Rows.Values
            .Where(row => row.ExternalId is not null && !commit.Released.Contains(row.Sequence) && commit.Changed.All(m => m.Sequence != row.Sequence))
            .Select(row => (row.ExternalId!, row.Direction!.Value))
            .ToHashSet() ?? [];
        var ids = kept?.Rows.Values.Select(row => row.MessageId).ToHashSet() ?? [];
        var twice = commit.Added.FirstOrDefault(m => kept?.Rows.ContainsKey(m.Sequence) == true || !ids.Add(m.Id));
        if (twice is not null)
        {
            return twice.ExternalId;
        }

        var given = commit.Added.Concat(commit.Moved.Where(m => m.Sequence is not null && m.Message is not null).Select(m => m.Message!));
        foreach (var message in Unreleased(commit).Concat(given.Where(m => !commit.Released.Contains(m.Sequence))))
        {
            if (!rows.Add((message.ExternalId, message.Direction)))
            {
                return message.ExternalId;
            }
        }

        return null;
    }

    /// <summary>What it changes and does not release.</summary>
    private static IEnumerable<Message> Unreleased(ConversationCommit commit) =>
        commit.Changed.Where(m => !commit.Released.Contains(m.Sequence));

    private static bool Gives(ConversationCommit commit, long sequence) =>
        commit.Added.Any(m => m.Sequence == sequence) || commit.Moved.Any(m => m.Sequence == sequence);

    private static void Apply(Tenant tenant, Conversation kept, ConversationCommit commit)
    {
        var id = commit.Head.ConversationId;
        Release(tenant, kept, commit.Released.Where(kept.Rows.ContainsKey));
        foreach (var message in commit.Added)
        {
            Insert(tenant, kept, new Row(id, message.Sequence, message.Id, message.ExternalId, message.Direction, message));
        }

        foreach (var moved in commit.Moved)
        {
            var from = tenant.Conversations[moved.From];
            var row = Remove(tenant, from, moved.FromSequence);
            if (moved.Sequence is { } sequence)
            {
                // Where a copy is here already and answers for the gateway id, a tombstone keeps its place only.
                var isAnswered = moved.Message is null
                    && kept.Rows.Values.Any(r => r.ExternalId is not null && r.ExternalId == row.ExternalId && r.Direction == row.Direction);
                row = isAnswered ? row with { ExternalId = null, Direction = null } : row;
                Insert(tenant, kept, row with { ConversationId = id, Sequence = sequence, Message = moved.Message });
            }
        }

        Release(tenant, kept, commit.Released);
        foreach (var message in Unreleased(commit))
        {
            var row = Remove(tenant, kept, message.Sequence);
            Insert(tenant, kept, row with { Message = message, ExternalId = message.ExternalId, Direction = message.Direction });
        }

        foreach (var sequence in commit.Erased)
        {
            var row = Remove(tenant, kept, sequence);
            Insert(tenant, kept, row with { Message = null });
        }
    }

    private static void Release(Tenant tenant, Conversation kept, IEnumerable<long> sequences)
    {
        foreach (var sequence in sequences.ToList())
        {
            var row = Remove(tenant, kept, sequence);
            Insert(tenant, kept, row with { ExternalId = null, Direction = null, Message = null });
        }
    }

    private static void Insert(Tenant tenant, Conversation conversation, Row row)
    {
        conversation.Rows.Add(row.Sequence, row);
        if (row.ExternalId is null)
        {
            return;
        }

        if (!tenant.ByExternalId.TryGetValue(row.ExternalId, out var rows))
        {
            tenant.ByExternalId.Add(row.ExternalId, rows = []);
        }

        rows.Add(row);
    }

    private static Row Remove(Tenant tenant, Conversation conversation, long sequence)
    {
        var row = conversation.Rows.GetValueOrDefault(sequence)
            ?? throw new InvalidOperationException($"A commit names message {sequence} of {conversation.Head.ConversationId}, which is not there.");
        conversation.Rows.Remove(sequence);
        if (row.ExternalId is not null)
        {
            tenant.ByExternalId[row.ExternalId].Remove(row);
        }

        return row;
    }

    private void Log(string tenantId, string subject, ImmutableArray<EventFacts> events)
    {
        var tenant = Of(tenantId);
        if (HasOutbox)
        {
            if (!events.IsEmpty)
            {
                tenant.Outbox.Add(Leave(subject, events));
            }

            return;
        }

        foreach (var facts in events)
        {
            var shard = _shards[ShardOf(tenantId)];
            var logged = new LoggedEvent(tenantId, ++tenant.LogPosition, shard.Count + 1, subject, facts, Now);
            tenant.Log.Add(logged);
            shard.Add(logged);
            _news.Tell();
        }
    }

    private void Leave(Tenant tenant, IEnumerable<WorkItem> items, DateTimeOffset due = default)
    {
        foreach (var item in items)
        {
            tenant.Work.RemoveAll(w => w.Item.Key == item.Key);
            tenant.Work.Add(new Waiting { Item = item, Due = due, Token = ++_lastToken });
        }
    }
}
