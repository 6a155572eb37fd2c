using System.Collections.Immutable;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Brings changes to the messages that they name by the gateway's id; parks those whose message is not there yet.</summary>
/// <remarks>A change is parked before its message is looked for a last time, and a message is kept before what is parked is looked
/// for: whichever comes second finds the other.</remarks>
public sealed class ChangeRouter(
    IConversationStore store,
    IParkingLot parking,
    ISessionStore sessions,
    ConversationCalls calls,
    IntakeOptions options,
    TimeProvider time)
{
    /// <summary>Applies or parks changes that a session was told of.</summary>
    /// <returns>One outcome per change; <see cref="ItemOutcome.NotHere"/> = it is parked.</returns>
    public async Task<IReadOnlyList<ItemOutcome>> Route(
        string tenantId, string sessionId, IReadOnlyList<MessageChange> changes, CancellationToken cancellationToken)
    {
        var outcomes = new ItemOutcome[changes.Count];
        var open = Enumerable.Range(0, changes.Count).ToList();
        await Apply(tenantId, [.. changes.Select(c => new ParkedChange(0, tenantId, sessionId, c))], open, outcomes, cancellationToken);
        if (open.Count == 0)
        {
            return outcomes;
        }

        var parked = await parking.Park(
            tenantId, sessionId, [.. open.Select(i => changes[i])], options.MostParked, time.GetUtcNow(), cancellationToken);
        var all = new ParkedChange[changes.Count];
        for (var i = 0; i < open.Count; i++)
        {
            all[open[i]] = parked[i];
        }

        await Apply(tenantId, all, open, outcomes, cancellationToken);
        return outcomes;
    }

    /// <summary>Looks once more for the messages of what is parked.</summary>
    public Task Meet(string tenantId, IReadOnlyList<ParkedChange> parked, CancellationToken cancellationToken) =>
        Apply(tenantId, parked, [.. Enumerable.Range(0, parked.Count)], new ItemOutcome[parked.Count], cancellationToken);

    /// <summary>Applies those of <paramref name="changes"/> whose indexes are <paramref name="open"/>; what is not found stays open.</summary>
    private async Task Apply(
        string tenantId, IReadOnlyList<ParkedChange> changes, List<int> open, ItemOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var ids = open.Select(i => changes[i].Change.TargetId).ToHashSet(StringComparer.Ordinal);
        var lookup = await store.LookUp(tenantId, ids, cancellationToken);
        var names = await LineNames.Read(sessions, tenantId, lookup, open.Select(i => changes[i].Change.Line), cancellationToken);
        var byId = lookup.Messages.ToLookup(static m => m.ExternalId, StringComparer.Ordinal);
        var targets = new List<(int Index, KeptMessage Target)>();
        foreach (var index in open)
        {
            var parked = changes[index];
            if (ChangeTarget.Choose(byId[parked.Change.TargetId], parked.SessionId, parked.Change.Line, names) is { } target)
            {
                targets.Add((index, target));
            }
            else
            {
                outcomes[index] = ItemOutcome.NotHere;
            }
        }

        await Task.WhenAll(targets.GroupBy(static t => t.Target.ConversationId, StringComparer.Ordinal).Select(async group =>
        {
            var all = group.ToList();
            foreach (var chunk in all.Chunk(Chunks.MostItems))
            {
                ImmutableArray<ConversationItem> items =
                [
                    .. chunk.Select(t => new ChangeItem(
                        changes[t.Index].Change,
                        changes[t.Index].SessionId,
                        t.Target.Direction!.Value,
                        changes[t.Index].Id == 0 ? null : changes[t.Index].Id)),
                ];
                var (_, reply) = await calls.Apply(tenantId, group.Key, new ApplyRequest(null, items));
                for (var i = 0; i < chunk.Length; i++)
                {
                    outcomes[chunk[i].Index] = reply.Outcomes[i].Outcome;
                }
            }
        }));
        open.RemoveAll(index => outcomes[index] != ItemOutcome.NotHere);
    }
}
