using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IParkingLot
{
    public Task<IReadOnlyList<ParkedChange>> Park(
        string tenantId,
        string sessionId,
        IReadOnlyCollection<MessageChange> changes,
        int bound,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var parked = new List<ParkedChange>(changes.Count);
        foreach (var change in changes)
        {
            var kept = _parked.Values.Select(p => p.Change)
                .FirstOrDefault(p => p.TenantId == tenantId && p.SessionId == sessionId && AreEqual(p.Change, change));
            if (kept is null)
            {
                kept = new ParkedChange(++_lastParkedId, tenantId, sessionId, change);
                _parked.Add(kept.Id, (kept, now));
            }

            parked.Add(kept);
        }

        recorder.Add(new ChangesParked(tenantId, parked, IsLate));
        var ofSession = _parked.Values.Select(p => p.Change).Where(p => p.TenantId == tenantId && p.SessionId == sessionId).ToList();
        if (ofSession.Count > bound)
        {
            Unpark(tenantId, [.. ofSession.Take(ofSession.Count - bound).Select(p => p.Id)]);
        }

        return Task.FromResult<IReadOnlyList<ParkedChange>>(parked);
    }

    public Task Unpark(string tenantId, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        Unpark(tenantId, ids);
        recorder.Add(new ChangesUnparked(tenantId, [.. ids]));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ParkedChange>> ListParked(long after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<ParkedChange> page = [.. _parked.Where(p => p.Key > after).Take(limit).Select(p => p.Value.Change)];
        return Task.FromResult(page);
    }

    public Task<IReadOnlyList<ParkedChange>> ListParked(
        string tenantId, string sessionId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ParkedChange>>([
            .. _parked.Values.Select(static p => p.Change)
                .Where(p => p.TenantId == tenantId && p.SessionId == sessionId)
                .OrderByDescending(static p => p.Id)
                .Take(limit),
        ]);

    public Task<int> ExpireParked(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var expired = _parked.Where(p => p.Value.At < before).Select(p => p.Key).ToList();
        expired.ForEach(id => _parked.Remove(id));
        return Task.FromResult(expired.Count);
    }

    private void Unpark(string tenantId, IReadOnlyCollection<long> ids)
    {
        foreach (var id in ids)
        {
            if (_parked.TryGetValue(id, out var parked) && parked.Change.TenantId == tenantId)
            {
                _parked.Remove(id);
            }
        }
    }

    // Records compare their immutable arrays by reference.
    private static bool AreEqual(MessageChange one, MessageChange other) => one is VoteChange a && other is VoteChange b
        ? a with { Options = [] } == b with { Options = [] } && a.Options.SequenceEqual(b.Options)
        : one == other;
}
