using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Does the to-dos of one tenant: better addresses, merges, erasing, messages kept twice; wakes senders and keepers of its lines.</summary>
/// <remarks>Each step is a commit of a conversation that only its owner can make, so a second worker at the same time does no harm, and
/// one that dies leaves the to-do for the next.</remarks>
[Reentrant]
public sealed partial class TenantWorkerGrain(
    IGrainContext context,
    IConversationStore store,
    IAddressBook book,
    ISessionStore sessions,
    IWorkList work,
    ConversationCalls calls,
    ConversationFinder finder,
    ChangeRouter changes,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<TenantWorkerGrain> logger) : IGrainBase, ITenantWorkerGrain
{
    private const int PageSize = 100;

    /// <summary>Merges are rare and short; a longer chain of pointers is a fault.</summary>
    private const int MostPointers = 16;

    /// <summary>A run ends well before the runtime takes the activation for stuck; what is left is done by the next.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What did not fail for want of a store or a node fails again soon: there is time until somebody has read of it.</summary>
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(10);

    /// <summary>How soon a sender is looked after again while its queue is not empty: it works by itself, but may die.</summary>
    private static readonly TimeSpan SenderPause = TimeSpan.FromSeconds(2);

    /// <summary>A wish to bring in what a gateway has waits for whoever can do it.</summary>
    private static readonly TimeSpan SyncPause = TimeSpan.FromSeconds(2);

    private readonly string _tenantId = GrainKey.Parse(context.GrainId.Key.ToString()!).TenantId;
    private Task<bool>? _running;
    private bool _again;
    private long _began;

    public IGrainContext GrainContext => context;

    public Task<bool> Run()
    {
        if (_running is { IsCompleted: false } running)
        {
            // What was left after this run read its list is done by one more round of it.
            _again = true;
            return running;
        }

        return _running = RunAll();
    }

    private async Task<bool> RunAll()
    {
        TenantContext.Set(_tenantId);
        _began = time.GetTimestamp();
        var allDone = true;
        while (time.GetElapsedTime(_began) < LongestRun)
        {
            _again = false;
            var items = await work.Due(_tenantId, PageSize, time.GetUtcNow(), CancellationToken.None);
            if (items.Count == 0 && !_again)
            {
                return allDone;
            }

            // What other workers do is asked of all of them at once: one that waits for its gateway holds up nobody.
            var elsewhere = items.Where(static i => IsElsewhere(i.Item)).Select(TryDo).ToList();
            foreach (var item in items.Where(static i => !IsElsewhere(i.Item)))
            {
                allDone &= await TryDo(item);
            }

            foreach (var done in await Task.WhenAll(elsewhere))
            {
                allDone &= done;
            }
        }

        return false;
    }

    /// <returns>False when it could not be done now. One that stays in the list and has its time is done.</returns>
    private async Task<bool> TryDo(DueWork due)
    {
        var item = due.Item;
        var (isDone, wait) = (false, Pause);
        try
        {
            var end = await Do(item);
            if (end == WorkEnd.Done)
            {
                await work.Complete(_tenantId, due, CancellationToken.None);
                return true;
            }

            (isDone, wait) = end.Again is { } again ? (true, again) : (false, Pause);
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            LogLater(logger, item.GetType().Name, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(logger, e, item.GetType().Name);
            wait = FaultPause;
        }

        await work.Postpone(_tenantId, due, time.GetUtcNow() + wait, CancellationToken.None);
        return isDone;
    }

    private static bool IsElsewhere(WorkItem item) => item is SendQueued or KeepLine;

    private async Task<WorkEnd> Do(WorkItem item) => item switch
    {
        SameParty same => WorkEnd.Of(await Unite(same.Known, same.Better)),
        Merge merge => WorkEnd.Of(await MergeConversations(merge)),
        Erase erase => WorkEnd.Of(await EraseMessages(erase.ConversationId)),
        Meet meet => WorkEnd.Of(await MeetAgain(meet.ExternalId)),
        SendQueued send => await grains.GetGrain<ISenderGrain>(GrainKey.Of(_tenantId, send.SessionId)).Run()
            ? WorkEnd.Done
            : WorkEnd.After(SenderPause),
        KeepLine line => await grains.GetGrain<ILineKeeperGrain>(GrainKey.Of(_tenantId, line.SessionId)).Run() is { } wait
            ? WorkEnd.After(wait)
            : WorkEnd.Done,
        SyncLine sync => await grains.GetGrain<ILineSyncGrain>(GrainKey.Of(_tenantId, sync.SessionId)).Run(sync)
            ? WorkEnd.Done
            : WorkEnd.After(SyncPause),
        _ => throw new NotSupportedException($"No worker does {item.GetType().Name}."),
    };

    /// <summary>Every conversation found under the address that was known must be found under the better one too.</summary>
    private async Task<bool> Unite(Address known, Address better)
    {
        var allDone = true;
        AddressPair? after = null;
        while (true)
        {
            var page = await book.FindByParty(_tenantId, known, after, PageSize, CancellationToken.None);
            foreach (var (pair, conversationId) in page)
            {
                allDone &= await Unite(pair, conversationId, known, better);
                after = pair;
            }

            if (page.Count < PageSize)
            {
                return allDone;
            }
        }
    }

    private async Task<bool> Unite(AddressPair pair, string conversationId, Address known, Address better)
    {
        if (await finder.Follow(_tenantId, conversationId, CancellationToken.None) is not { } mine || BelongsToAnother(mine, known, better))
        {
            return true;
        }

        if (await LeadsElsewhere(pair.Replace(known, better), mine))
        {
            // Once the two are one, the one that stays has the number of its contact; that of its line it may still have to learn.
            return known.Kind != AddressKind.Session;
        }

        var (_, reply) = await calls.Follow(
            _tenantId, mine.ConversationId, grain => grain.Learn(known, better), static r => r.MovedTo);
        if (reply.PairTaken is not { } taken)
        {
            return true;
        }

        // Another of its pairs leads elsewhere: once the two are one, this one is free to be learned.
        await LeadsElsewhere(taken, mine);
        return false;
    }

    /// <summary>Whether a pair leads to another conversation already: then the two are one.</summary>
    private async Task<bool> LeadsElsewhere(AddressPair pair, ConversationHead mine)
    {
        var found = await book.FindConversations(_tenantId, [pair], CancellationToken.None);
        if (!found.TryGetValue(pair, out var otherId)
            || await finder.Follow(_tenantId, otherId, CancellationToken.None) is not { } other
            || other.ConversationId == mine.ConversationId)
        {
            return false;
        }

        await work.Leave(_tenantId, [new Merge(mine.ConversationId, other.ConversationId)], time.GetUtcNow(), CancellationToken.None);
        return true;
    }

    /// <summary>A number that replaced another merges nothing: the old conversations are somebody else's.</summary>
    private static bool BelongsToAnother(ConversationHead head, Address known, Address better) => known.Kind switch
    {
        AddressKind.Lid => head.Contact?.Lid == known && head.Contact.Phone is { } phone && phone.Canonical != better.Canonical,
        AddressKind.Session => head.Line.Kind != AddressKind.Session && head.Line.Canonical != better.Canonical,
        _ => false,
    };

    private async Task<bool> MergeConversations(Merge merge)
    {
        // A worker that died may have left one of them sealed and not taken over.
        await FinishTakeOver(merge.One);
        await FinishTakeOver(merge.Other);
        var one = await finder.Follow(_tenantId, merge.One, CancellationToken.None);
        var other = await finder.Follow(_tenantId, merge.Other, CancellationToken.None);
        if (one is null || other is null || one.ConversationId == other.ConversationId)
        {
            // Another worker may have sealed one since, and may die before it is taken over.
            await FinishTakeOver(merge.One);
            await FinishTakeOver(merge.Other);
            return true;
        }

        var outcome = await Seal(one, other);
        if (outcome == SealOutcome.Stays)
        {
            (one, other) = (other, one);
            outcome = await Seal(one, other);
        }

        if (outcome == SealOutcome.Sealed)
        {
            await FinishTakeOver(one.ConversationId);
            return true;
        }

        return outcome == SealOutcome.Missing;
    }

    private async Task<SealOutcome> Seal(ConversationHead from, ConversationHead into)
    {
        var reply = await calls.Grain(_tenantId, from.ConversationId).Seal(new SealRequest(into.ConversationId, into.HasPhone, into.CreatedAt));
        return reply.Outcome;
    }

    /// <summary>Sees to it that nothing is left in a sealed conversation, nor in those that it leads through.</summary>
    private async Task FinishTakeOver(string from)
    {
        for (var i = 0; i < MostPointers; i++)
        {
            if (await store.ReadHead(_tenantId, from, CancellationToken.None) is not { MergedInto: { } into })
            {
                return;
            }

            while (true)
            {
                var (_, reply) = await calls.Follow(_tenantId, into, grain => grain.TakeOver(from), static r => r.MovedTo);
                if (reply.Done)
                {
                    break;
                }

                PauseIfLong();
            }

            from = into;
        }
    }

    /// <summary>Leaves the rest of a long to-do to the next run.</summary>
    private void PauseIfLong()
    {
        if (time.GetElapsedTime(_began) > LongestRun)
        {
            throw new RetryableException("It is long and goes on with the next run.");
        }
    }

    private async Task<bool> EraseMessages(string conversationId)
    {
        while (await calls.Grain(_tenantId, conversationId).Erase())
        {
            PauseIfLong();
        }

        return true;
    }

    /// <summary>Looks again at one gateway id: what is parked for it, and copies that two conversations kept at once.</summary>
    private async Task<bool> MeetAgain(string externalId)
    {
        var lookup = await store.LookUp(_tenantId, [externalId], CancellationToken.None);
        await changes.Meet(_tenantId, lookup.Parked, CancellationToken.None);
        var names = await LineNames.Read(sessions, _tenantId, lookup, [], CancellationToken.None);
        foreach (var copies in lookup.Messages.Where(static m => m.Message is not null).GroupBy(static m => m.Direction))
        {
            var kept = new List<KeptMessage>();
            foreach (var copy in copies.OrderBy(static m => m.MessageId))
            {
                var line = copy.Message!.Direction == Domain.Messages.Direction.In ? copy.Message.To : copy.Message.From;
                if (kept.Find(k => k.ConversationId != copy.ConversationId && ChangeTarget.IsOfLine(k, copy.Message.SessionId, line, names)) is { } first)
                {
                    await DropDouble(first, copy);
                }
                else
                {
                    kept.Add(copy);
                }
            }
        }

        return true;
    }

    private async Task DropDouble(KeptMessage first, KeptMessage later)
    {
        var (one, other) = (
            await finder.Follow(_tenantId, first.ConversationId, CancellationToken.None),
            await finder.Follow(_tenantId, later.ConversationId, CancellationToken.None));
        if (one is null || other is null || one.ConversationId == other.ConversationId)
        {
            return;
        }

        if (one.MayBeOneWith(other))
        {
            // They are one person's: the merge folds the double.
            await work.Leave(_tenantId, [new Merge(one.ConversationId, other.ConversationId)], time.GetUtcNow(), CancellationToken.None);
            return;
        }

        await calls.Grain(_tenantId, later.ConversationId).DropDouble(later.ExternalId!, later.Direction!.Value);
    }

    [LoggerMessage(2001, LogLevel.Information, "A to-do ({Kind}) waits: {Reason}")]
    private static partial void LogLater(ILogger logger, string kind, string reason);

    [LoggerMessage(2002, LogLevel.Error, "A to-do ({Kind}) failed and will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string kind);

    /// <summary>How one to-do ended: done, to be tried again soon, or to be done again after a time that it names.</summary>
    private readonly record struct WorkEnd(bool IsDone, TimeSpan? Again = null)
    {
        public static WorkEnd Done => new(true);

        public static WorkEnd Of(bool done) => new(done);

        public static WorkEnd After(TimeSpan wait) => new(false, wait);
    }
}
