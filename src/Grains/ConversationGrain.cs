using System.Collections.Immutable;
using Orleans.Concurrency;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>The one owner of a conversation. Each call reads, decides and commits; see <see cref="ConversationDraft"/> for the decisions.</summary>
/// <remarks>
/// Deliveries and changes (<see cref="Apply"/>) read side by side and are folded into one commit while another is on its way. Everything
/// else is rare and runs alone: nothing is decided between its read and its commit. A commit that is not a clear yes ends the
/// activation: what it holds in memory may be wrong, and only the store knows.
/// </remarks>
[Reentrant]
public sealed partial class ConversationGrain : IGrainBase, IConversationGrain
{
    /// <summary>How many items one commit takes in.</summary>
    private const int MostItems = 500;

    /// <summary>To-dos of a tenant among which a deletion looks for merges: they are few and done within moments.</summary>
    private const int MostToDos = 1_000;

    /// <summary>Merges are rare and short; a longer chain of pointers is a fault.</summary>
    private const int MostPointers = 16;

    private readonly IConversationStore _store;
    private readonly ISessionStore _sessions;
    private readonly IWorkList _work;
    private readonly ConversationOptions _options;
    private readonly TimeProvider _time;
    private readonly string _tenantId;
    private readonly string _conversationId;
    private readonly SerialQueue _serial = new();
    private readonly RecentMessages _recent = new();
    private readonly MessageReads _reads;
    private readonly ItemDecisions _decisions;
    private readonly List<PendingApply> _waiting = [];
    private Task? _loading;
    private ConversationHead? _head;
    private Exception? _failure;

    public ConversationGrain(
        IGrainContext context,
        IConversationStore store,
        ISessionStore sessions,
        IWorkList work,
        ConversationOptions options,
        TimeProvider time)
    {
        GrainContext = context;
        (_store, _sessions, _work, _options, _time) = (store, sessions, work, options, time);
        (_tenantId, _conversationId) = GrainKey.Parse(context.GrainId.Key.ToString()!);
        _reads = new MessageReads(store, sessions, _recent, _tenantId);
        _decisions = new ItemDecisions(_conversationId, _recent);
    }

    public IGrainContext GrainContext { get; }

    public async Task<ApplyReply> Apply(ApplyRequest request)
    {
        await Load();
        if (_head?.MergedInto is { } into)
        {
            return Moved(into);
        }

        using var reading = _recent.BeginRead();
        var sends = UnknownSends(request);
        var pending = new PendingApply(
            request, sends.Count == 0 && _reads.IsFresh(request) ? null : await _reads.LookUp(request.Items, sends));
        var reply = await Enqueue(pending);
        if (!reply.Outcomes.IsDefaultOrEmpty)
        {
            await LookAgain(pending);
        }

        return reply;
    }

    public Task<MarkReadReply> MarkRead(long? upTo) => Alone(async () =>
    {
        if (_head is not { } head || head.MergedInto is not null || !head.IsVisible)
        {
            return new MarkReadReply(_head?.MergedInto, false, 0, 0);
        }

        var target = Math.Min(upTo ?? head.LastSequence, head.LastSequence);
        if (target > head.ReadUpTo)
        {
            var above = target == head.LastSequence
                ? 0
                : await _store.CountUnread(_tenantId, _conversationId, target, head.LastSequence, CancellationToken.None);
            var draft = Draft(head);
            draft.MarkRead(target, above);
            await Commit(draft);
        }

        return new MarkReadReply(null, true, _head.UnreadCount, _head.ReadUpTo);
    });

    public Task<DeleteReply> Delete() => Alone(async () =>
    {
        if (_head is not { } head || head.MergedInto is not null || !head.IsVisible)
        {
            return new DeleteReply(_head?.MergedInto, false);
        }

        var draft = Draft(head);
        foreach (var sealedHead in await SealedIntoHere(head))
        {
            draft.BeginTakeOver(sealedHead);
        }

        draft.Delete();
        await Commit(draft);
        return new DeleteReply(null, true);
    });

    public Task<LearnReply> Learn(Address known, Address better) => Alone(async () =>
    {
        if (_head is not { } head || head.MergedInto is not null)
        {
            return new LearnReply(_head?.MergedInto, null);
        }

        var draft = Draft(head);
        draft.Learn(known, better);
        return new LearnReply(null, (await TryCommit(draft)).Pair);
    });

    public Task<SealReply> Seal(SealRequest request) => Alone(async () =>
    {
        if (_head is not { } head)
        {
            return new SealReply(SealOutcome.Missing, null);
        }

        if (head.MergedInto is { } into)
        {
            return new SealReply(into == request.Into ? SealOutcome.Sealed : SealOutcome.Moved, into);
        }

        var draft = Draft(head);
        if (draft.StaysBeside(request.Into, request.IntoHasPhone, request.IntoCreatedAt))
        {
            return new SealReply(SealOutcome.Stays, null);
        }

        if (!head.TakingOver.IsEmpty || IsLeaving(head))
        {
            return new SealReply(SealOutcome.Busy, null);
        }

        draft.Seal(request.Into);
        await Commit(draft);
        return new SealReply(SealOutcome.Sealed, request.Into);
    });

    public async Task<TakeOverReply> TakeOver(string from)
    {
        var (reply, taken) = await Alone(() => TakePage(from));
        if (taken.Count > 0)
        {
            // A change may have been parked between the page's look and its commit.
            using var reading = _recent.BeginRead();
            await ApplyParked(await _reads.LookUp(taken, []));
        }

        return reply;
    }

    public Task<bool> Erase() => Alone(async () =>
    {
        if (_head is not { MergedInto: null } head || head.ErasedUpTo >= ErasableUpTo(head))
        {
            return false;
        }

        var mark = ErasableUpTo(head);

        var page = await _store.ReadAfter(_tenantId, _conversationId, head.ErasedUpTo, _options.PageSize, CancellationToken.None);
        var under = page.Where(m => m.Sequence <= mark).ToList();
        var draft = Draft(head);
        draft.EraseMessages(
            under.Where(static m => m.Message is not null || m.IsDamaged).Select(static m => m.Sequence),
            page.Count < _options.PageSize || under.Count < page.Count ? mark : under[^1].Sequence);
        await Commit(draft);
        return _head.ErasedUpTo < ErasableUpTo(_head);
    });

    public Task<bool> DropDouble(string externalId, Direction direction) => Alone(async () =>
    {
        if (_head is not { } head)
        {
            return false;
        }

        var lookup = await _reads.LookUp([externalId], []);
        if (_decisions.Here(lookup, new MessageKey(direction, externalId))?.Message is not { } message || message.Sequence <= head.DeletedUpTo)
        {
            return false;
        }

        var draft = Draft(head);
        draft.DropDouble(message);
        await Commit(draft);
        return true;
    });

    private static ApplyReply Moved(string into) => new(into, null, false, []);

    private async Task<(TakeOverReply Reply, IReadOnlyCollection<string> Taken)> TakePage(string from)
    {
        if (_head is not { } head || head.MergedInto is not null)
        {
            return (new TakeOverReply(_head?.MergedInto, _head is null), []);
        }

        var draft = Draft(head);
        var state = head.TakingOver.FirstOrDefault(t => t.From == from);
        var page = await _store.ReadAfter(_tenantId, from, state?.Done ?? 0, _options.PageSize, CancellationToken.None);
        if (page.FirstOrDefault(static m => m.IsDamaged) is { } damaged)
        {
            // Written anew it would be gone for ever.
            throw new InvalidDataException($"Message {damaged.MessageId} cannot be read: what was sealed with it is not taken over before its row is mended.");
        }

        if (state is null)
        {
            var sealedHead = await _store.ReadHead(_tenantId, from, CancellationToken.None);
            if (page.Count == 0 || sealedHead is null || !await LeadsHere(sealedHead))
            {
                return (new TakeOverReply(null, true), []);
            }

            draft.BeginTakeOver(sealedHead);
        }

        var ids = page.Select(static m => m.Message?.ExternalId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var lookup = await _reads.LookUp(ids, []);

        // What is parked is for where they are going to be.
        lookup = lookup with { Messages = [.. lookup.Messages.Where(m => m.ConversationId != from)] };
        foreach (var row in page)
        {
            draft.Take(from, row.Sequence, row.Message, row.Message is { } m ? _decisions.Here(lookup, new MessageKey(m.Direction, m.ExternalId)) : null);
            if (row.Message is { } message && draft.Touched.ContainsKey(new MessageKey(message.Direction, message.ExternalId)))
            {
                _decisions.ApplyParked(draft, message.ExternalId, lookup);
            }
        }

        var done = page.Count < _options.PageSize;
        if (done)
        {
            draft.EndTakeOver(from);
        }

        await Commit(draft);
        return (new TakeOverReply(null, done), ids);
    }

    /// <summary>Conversations that were sealed in favour of this one and whose first page it has not taken yet: only the to-dos know.</summary>
    private async Task<IReadOnlyList<ConversationHead>> SealedIntoHere(ConversationHead head)
    {
        var found = new List<ConversationHead>();
        foreach (var due in await _work.Due(_tenantId, MostToDos, DateTimeOffset.MaxValue.AddYears(-1), CancellationToken.None))
        {
            foreach (var id in due.Item is Merge merge ? new[] { merge.One, merge.Other } : [])
            {
                if (id != _conversationId
                    && !head.TakingOver.Any(t => t.From == id)
                    && !found.Exists(f => f.ConversationId == id)
                    && await _store.ReadHead(_tenantId, id, CancellationToken.None) is { MergedInto: not null } sealedHead
                    && await LeadsHere(sealedHead)
                    && (await _store.ReadAfter(_tenantId, id, 0, 1, CancellationToken.None)).Count > 0)
                {
                    found.Add(sealedHead);
                }
            }
        }

        return found;
    }

    /// <summary>Whether a sealed conversation ends here: the one that it names may have been sealed before it began to take over.</summary>
    private async Task<bool> LeadsHere(ConversationHead sealedHead)
    {
        for (var i = 0; i < MostPointers && sealedHead.MergedInto is { } into; i++)
        {
            if (into == _conversationId)
            {
                return true;
            }

            if (await _store.ReadHead(_tenantId, into, CancellationToken.None) is not { } next)
            {
                return false;
            }

            sealedHead = next;
        }

        return false;
    }

    private Task Load()
    {
        ThrowIfFailed();
        return _loading is { IsFaulted: false, IsCanceled: false } ? _loading : _loading = ReadHead();

        async Task ReadHead()
        {
            try
            {
                _head = await _store.ReadHead(_tenantId, _conversationId, CancellationToken.None);
            }
            catch (StoreException e)
            {
                throw new RetryableException("The conversation could not be read.", e);
            }
        }
    }

    /// <summary>Runs a rare command with nothing decided between its read and its commit.</summary>
    private async Task<T> Alone<T>(Func<Task<T>> command)
    {
        await Load();
        return await _serial.Run(async () =>
        {
            ThrowIfFailed();
            try
            {
                var version = _head?.Version ?? 0;
                var reply = await command();
                if ((_head?.Version ?? 0) == version)
                {
                    await Confirm();
                }

                return reply;
            }
            catch (StoreException e)
            {
                throw new RetryableException("The store did not answer.", e);
            }
        });
    }

    /// <summary>An answer that rests on the head alone, and on no commit, is given only if the head is still the kept one: another
    /// owner may have committed, and nothing else would tell this one.</summary>
    private async Task Confirm()
    {
        // A seal is for ever.
        if (_head?.MergedInto is not null)
        {
            return;
        }

        var kept = await _store.ReadHead(_tenantId, _conversationId, CancellationToken.None);
        if ((kept?.Version ?? 0) != (_head?.Version ?? 0))
        {
            throw Fail("Another owner has committed.", null);
        }
    }

    private Task<ApplyReply> Enqueue(PendingApply pending)
    {
        ThrowIfFailed();
        _waiting.Add(pending);
        if (_waiting.Count == 1)
        {
            _ = _serial.Run(Flush);
        }

        return pending.Reply;
    }

    /// <summary>Takes what is waiting into one commit.</summary>
    private async Task<bool> Flush()
    {
        var batch = new List<PendingApply>();
        var items = 0;
        foreach (var pending in _waiting)
        {
            if (batch.Count > 0 && items + pending.Request.Items.Length > MostItems)
            {
                break;
            }

            items += pending.Request.Items.Length;
            batch.Add(pending);
        }

        _waiting.RemoveRange(0, batch.Count);
        if (_waiting.Count > 0)
        {
            _ = _serial.Run(Flush);
        }

        await ApplyTogether(batch);
        return true;
    }

    private async Task ApplyTogether(List<PendingApply> batch)
    {
        try
        {
            ThrowIfFailed();
            if (_head?.MergedInto is { } into)
            {
                batch.ForEach(pending => pending.Complete(Moved(into)));
                return;
            }

            ConversationDraft? draft = null;
            foreach (var pending in batch)
            {
                draft = Decide(draft, pending);
            }

            if (draft is null)
            {
                await Confirm();
            }

            // A conversation begins with a message; looking for one that is not here begins none.
            var result = draft is null || !draft.HasChanges || draft.Head.EventNumber == 0
                ? CommitResult.Done
                : await TryCommit(draft, [.. batch.Where(static p => p.Lookup is null).SelectMany(static p => p.Ids).Distinct(StringComparer.Ordinal)]);
            switch (result.Outcome)
            {
                case CommitOutcome.Done:
                    batch.ForEach(pending => pending.Complete(_head, result.Seen));
                    break;
                case CommitOutcome.Seen:
                    await ApplyWith(result.Seen!, batch);
                    break;
                default:
                    await ApplyWithout(result, batch);
                    break;
            }
        }
        catch (Exception e) when (e is RetryableException or StoreException)
        {
            var failure = e as RetryableException ?? new RetryableException("The store did not answer.", e);
            batch.ForEach(pending => pending.Fail(failure));
        }
        catch (Exception) when (batch.Count > 1)
        {
            await ApplyEachAlone(batch);
        }
        catch (Exception e)
        {
            // A fault of ours, not of the store: nothing was committed, and told again it would only fail again.
            batch[0].Fail(e);
        }
    }

    private async Task ApplyEachAlone(List<PendingApply> batch)
    {
        foreach (var pending in batch)
        {
            await ApplyTogether([pending]);
        }
    }

    /// <summary>Something that was taken for new is known: it is decided again, by what the store told of it.</summary>
    private async Task ApplyWith(MessageLookup seen, List<PendingApply> batch)
    {
        foreach (var pending in batch)
        {
            pending.Lookup ??= await _reads.WithLines(seen, pending.Request.Items.Select(MessageReads.LineOf));
        }

        await ApplyTogether(batch);
    }

    /// <summary>The store refused one thing: whoever asked for it is told, the others go on.</summary>
    private async Task ApplyWithout(CommitResult refusal, List<PendingApply> batch)
    {
        if (batch.Count > 1)
        {
            await ApplyEachAlone(batch);
        }
        else if (refusal.Outcome == CommitOutcome.PairTaken)
        {
            batch[0].Complete(new ApplyReply(null, refusal.Pair, false, []));
        }
        else
        {
            batch[0].Refuse(refusal.ExternalId);
            await ApplyTogether(batch);
        }
    }

    private ConversationDraft? Decide(ConversationDraft? draft, PendingApply pending)
    {
        var (request, lookup) = (pending.Request, pending.Lookup ?? MessageLookup.Nothing);
        if (draft is null)
        {
            if (_head is null && request.Opening is null)
            {
                pending.Outcomes = [.. request.Items.Select(static _ => new ItemReply(ItemOutcome.NotHere))];
                return null;
            }

            draft = Draft(_head ?? ConversationDraft.Begin(_conversationId, request.Opening!, _time.GetUtcNow()));
        }

        if (request.Opening is { } opening)
        {
            draft.Meet(opening);
        }

        var outcomes = ImmutableArray.CreateBuilder<ItemReply>(request.Items.Length);
        pending.Unread.Clear();
        foreach (var item in request.Items)
        {
            var reply = pending.Refused.Contains(item.ExternalId) ? new ItemReply(ItemOutcome.Refused) : _decisions.Decide(draft, item, lookup);
            outcomes.Add(reply);
            if (reply.Outcome is ItemOutcome.Kept or ItemOutcome.Changed or ItemOutcome.Duplicate && _decisions.IsUnread(item, lookup))
            {
                pending.Unread.Add(item.ExternalId);
            }
        }

        pending.Outcomes = outcomes.MoveToImmutable();
        return draft;
    }

    /// <summary>The second look: what was made durable by others while this was being made durable.</summary>
    private async Task LookAgain(PendingApply pending)
    {
        // What the commit's answer tells of it; null = nothing.
        var seen = pending.Seen;
        if (pending.Unread.Count == 0 || seen is { Messages: [], Parked: [] })
        {
            return;
        }

        var lines = pending.Request.Items.Select(MessageReads.LineOf);
        var lookup = seen is null ? await _reads.LookUp(pending.Unread, lines) : await _reads.WithLines(seen, lines);
        await LeaveDoubles(pending.Request, lookup);
        await ApplyParked(lookup);
    }

    private async Task ApplyParked(MessageLookup lookup)
    {
        ImmutableArray<ConversationItem> items = [.. _decisions.Parked(lookup)];
        if (items.Length > 0)
        {
            await Enqueue(new PendingApply(new ApplyRequest(null, items), lookup));
        }
    }

    /// <summary>Another conversation of the line may have kept a message at the same moment: a worker settles which one stays.</summary>
    private async Task LeaveDoubles(ApplyRequest request, MessageLookup lookup)
    {
        var doubles = request.Items
            .Where(item => item is KeepItem keep && _decisions.Elsewhere(lookup, keep.Message) is { Message: not null })
            .Select(static item => new Meet(item.ExternalId))
            .ToList();
        if (doubles.Count > 0)
        {
            await LeaveWork(doubles);
        }
    }

    private async Task LeaveWork(IReadOnlyCollection<Meet> items)
    {
        try
        {
            await _work.Leave(_tenantId, items, _time.GetUtcNow(), CancellationToken.None);
        }
        catch (StoreException e)
        {
            throw new RetryableException("A message that is kept twice could not be noted.", e);
        }
    }

    private ConversationDraft Draft(ConversationHead head) => new(head, _time.GetUtcNow(), () => Guid.CreateVersion7(_time.GetUtcNow()));

    /// <summary>Makes a draft durable. Only a clear yes moves what is in memory.</summary>
    /// <param name="unseen">Gateway ids that it takes for new without having looked.</param>
    /// <returns>Done, or what the store refused of it.</returns>
    private async Task<CommitResult> TryCommit(ConversationDraft draft, ImmutableArray<string> unseen = default)
    {
        if (!draft.HasChanges)
        {
            return CommitResult.Done;
        }

        var commit = draft.ToCommit(_tenantId);
        if (!unseen.IsDefaultOrEmpty)
        {
            commit = commit with { Unseen = unseen };
        }

        CommitResult result;
        try
        {
            result = await _store.Commit(commit, CancellationToken.None);
        }
        catch (Exception e)
        {
            throw Fail("The outcome of a commit is not known.", e);
        }

        switch (result.Outcome)
        {
            case CommitOutcome.Done:
                _head = commit.Head;
                _recent.Add(draft.Touched);
                return result;
            case CommitOutcome.Stale:
                throw Fail("Another owner has committed.", null);
            default:
                return result;
        }
    }

    /// <summary>Makes a draft durable in which nothing can be refused.</summary>
    private async Task Commit(ConversationDraft draft)
    {
        var result = await TryCommit(draft);
        if (result.Outcome != CommitOutcome.Done)
        {
            throw Fail($"The store refused a commit: {result.Outcome}.", null);
        }
    }

    /// <summary>Ends the activation: calls in it fail at their next step, the next call begins anew from the store.</summary>
    private RetryableException Fail(string message, Exception? cause)
    {
        var failure = cause is null ? new RetryableException(message) : new RetryableException(message, cause);
        _failure ??= failure;
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, message));
        return failure;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new RetryableException("This activation has ended.", failure);
        }
    }
}
