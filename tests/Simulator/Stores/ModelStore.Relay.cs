using System.Collections.Immutable;
using Parley.Domain.Events;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

// The variant of a store that leaves its events in an outbox: a commit keeps them, a relay numbers them.
public sealed partial class ModelStore
{
    private const int ShardCount = 2;

    private long _lastOrder;

    /// <summary>Whether commits leave their events to a relay.</summary>
    public bool HasOutbox => clocks is not null;

    /// <summary>Subjects of which events wait for their number.</summary>
    public ImmutableArray<string> Unnumbered => [.. _tenants.Values.SelectMany(t => t.Outbox).Select(r => r.Subject).Distinct()];

    public static int ShardOf(string tenantId) => tenantId.Sum(static c => c) % ShardCount;

    public IReadOnlyList<int> WaitingShards() =>
        [.. _tenants.Where(t => t.Value.Outbox.Count > 0).Select(t => ShardOf(t.Key)).Distinct().Order()];

    /// <summary>What a relay of a shard reads, as of this moment.</summary>
    public RelayPlan PlanRelay(int shard, int limit)
    {
        var left = _tenants.Where(t => ShardOf(t.Key) == shard)
            .SelectMany(t => t.Value.Outbox.Select(row => (TenantId: t.Key, Row: row)))
            .OrderBy(row => row.Row.Order)
            .ToList();

        // The order is by nobody's clock: each place is taken by the next row of its conversation.
        var chains = left.GroupBy(row => (row.TenantId, row.Row.Subject))
            .ToDictionary(chain => chain.Key, chain => new Queue<OutboxRow>(chain.Select(row => row.Row).OrderBy(row => row.Events[0].Number)));
        var chosen = left.Take(limit).Select(place => (place.TenantId, chains[(place.TenantId, place.Row.Subject)].Dequeue())).ToList();
        var positions = _tenants.ToDictionary(t => t.Key, t => t.Value.LogPosition, StringComparer.Ordinal);
        return new RelayPlan(shard, _shards[shard].Count, positions, chosen);
    }

    /// <summary>Makes true what a relay has worked out, as a whole.</summary>
    /// <returns>How many events it numbered.</returns>
    public int Relay(RelayPlan plan)
    {
        if (plan.Running != _shards[plan.Shard].Count)
        {
            // Another relay of the shard was first.
            return 0;
        }

        var numbered = 0;
        foreach (var rows in plan.Rows.GroupBy(row => row.TenantId, StringComparer.Ordinal))
        {
            var tenant = Of(rows.Key);
            var position = plan.Positions[rows.Key];
            var running = plan.Running + numbered;
            List<LoggedEvent> log =
            [
                .. rows.SelectMany(row => row.Row.Events.Select(
                    facts => new LoggedEvent(rows.Key, ++position, ++running, row.Row.Subject, facts, Now))),
            ];
            tenant.Log.AddRange(log);
            tenant.LogPosition = position;
            tenant.Outbox.RemoveAll(rows.Select(row => row.Row).Contains);
            numbered += log.Count;
            _shards[plan.Shard].AddRange(log);
            recorder.Add(new EventsNumbered(rows.Key, log));
        }

        _news.Tell();
        return numbered;
    }

    /// <summary>A row's id tells about when it was made, by the clock of whoever made it.</summary>
    private OutboxRow Leave(string subject, ImmutableArray<EventFacts> events) => new(++_lastOrder + clocks!.Below(6), subject, events);
}

/// <summary>The events of one commit, until a relay has numbered them.</summary>
public sealed record OutboxRow(long Order, string Subject, ImmutableArray<EventFacts> Events);

/// <summary>What a relay is about to write, and what it rests on.</summary>
/// <param name="Running">The shard's last running number when it was read: the relay is refused when it has moved on.</param>
/// <param name="Positions">The last positions of the tenants.</param>
public sealed record RelayPlan(
    int Shard, long Running, IReadOnlyDictionary<string, long> Positions, IReadOnlyList<(string TenantId, OutboxRow Row)> Rows);
