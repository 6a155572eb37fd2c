using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sends;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : ISendQueue, IIdempotencyStore, IUploadStore
{
    private readonly SortedDictionary<long, (string TenantId, ParkedEcho Echo)> _echoes = [];
    private long _lastEchoId;

    /// <summary>Whether anything is queued or leaving.</summary>
    public bool HasSends => _tenants.Values.Any(t => t.Sends.Count > 0);

    public Task<IReadOnlyList<QueuedSend>> ListSends(
        string tenantId, string sessionId, Guid? after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<QueuedSend> page = [.. OfSession(tenantId, sessionId).Where(s => after is not { } id || s.MessageId > id).Take(limit)];
        return Task.FromResult(page);
    }

    public Task<int> CountSends(string tenantId, string sessionId, int atMost, CancellationToken cancellationToken) =>
        Task.FromResult(Math.Min(atMost, OfSession(tenantId, sessionId).Count()));

    public Task<IReadOnlyList<QueuedSend>> ListLeaving(string tenantId, Address line, CancellationToken cancellationToken)
    {
        IReadOnlyList<QueuedSend> leaving = [.. Of(tenantId).Sends.Values
            .Where(s => s.State == SendState.Leaving && s.Line == line)
            .OrderBy(s => s.MessageId)];
        return Task.FromResult(leaving);
    }

    public Task<IReadOnlyList<(string TenantId, QueuedSend Send)>> ListLeaving(
        DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string, QueuedSend)> oldest = [.. _tenants
            .SelectMany(t => t.Value.Sends.Values.Select(s => (TenantId: t.Key, Send: s)))
            .Where(s => s.Send.State == SendState.Leaving && s.Send.Since < before)
            .OrderBy(s => s.Send.Since)
            .Take(limit)];
        return Task.FromResult(oldest);
    }

    public Task ParkEcho(string tenantId, ParkedEcho echo, CancellationToken cancellationToken)
    {
        var hash = EchoHash.Of(echo);
        if (!_echoes.Values.Any(e => e.TenantId == tenantId && EchoHash.Of(e.Echo).AsSpan().SequenceEqual(hash)))
        {
            _echoes.Add(++_lastEchoId, (tenantId, echo));
            recorder.Add(new EchoParked(tenantId, _lastEchoId, echo));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<(long Id, ParkedEcho Echo)>> ListEchoes(
        string tenantId, Address line, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<(long, ParkedEcho)> page = [.. _echoes
            .Where(e => e.Value.TenantId == tenantId && e.Value.Echo.Line == line)
            .Take(limit)
            .Select(e => (e.Key, e.Value.Echo))];
        return Task.FromResult(page);
    }

    public Task<IReadOnlyList<(string TenantId, Address Line)>> LinesWithEchoes(
        DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string, Address)> lines = [.. _echoes.Values
            .Where(e => e.Echo.ParkedAt < before)
            .OrderBy(e => e.Echo.ParkedAt)
            .Select(e => (e.TenantId, e.Echo.Line))
            .Distinct()
            .Take(limit)];
        return Task.FromResult(lines);
    }

    public Task RemoveEcho(string tenantId, long id, CancellationToken cancellationToken)
    {
        if (_echoes.TryGetValue(id, out var kept) && kept.TenantId == tenantId)
        {
            _echoes.Remove(id);
            recorder.Add(new EchoRemoved(tenantId, id));
        }

        return Task.CompletedTask;
    }

    public Task<IdempotencyRow?> BeginKey(string tenantId, IdempotencyRow row, CancellationToken cancellationToken)
    {
        var keys = Of(tenantId).Keys;
        return Task.FromResult(keys.TryAdd((row.Route, row.Key), row) ? null : keys[(row.Route, row.Key)]);
    }

    public Task<bool> RenewKey(string tenantId, IdempotencyRow read, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keys = Of(tenantId).Keys;
        if (!keys.TryGetValue((read.Route, read.Key), out var kept) || kept.MessageId != read.MessageId || kept.TriedAt != read.TriedAt)
        {
            return Task.FromResult(false);
        }

        keys[(read.Route, read.Key)] = kept with { TriedAt = now };
        return Task.FromResult(true);
    }

    public Task RemoveKey(string tenantId, IdempotencyRow tried, CancellationToken cancellationToken)
    {
        var keys = Of(tenantId).Keys;
        if (keys.TryGetValue((tried.Route, tried.Key), out var kept) && kept.MessageId == tried.MessageId && kept.TriedAt == tried.TriedAt)
        {
            keys.Remove((tried.Route, tried.Key));
        }

        return Task.CompletedTask;
    }

    public Task<int> ExpireKeys(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(_tenants.Values.Sum(
        tenant => tenant.Keys.Where(k => k.Value.BegunAt < before).ToList().Count(k => tenant.Keys.Remove(k.Key))));

    public Task AddUpload(string tenantId, Upload upload, CancellationToken cancellationToken)
    {
        Of(tenantId).Uploads[upload.MediaId] = upload;
        return Task.CompletedTask;
    }

    public Task<Upload?> FindUpload(string tenantId, string mediaId, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Uploads.GetValueOrDefault(mediaId) is { } upload && upload.ExpiresAt > now ? upload : null);

    public Task<int> ExpireUploads(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(_tenants.Values.Sum(
        tenant => tenant.Uploads.Where(u => u.Value.ExpiresAt <= now).ToList().Count(u => tenant.Uploads.Remove(u.Key))));

    private static void ApplySends(Tenant tenant, ConversationCommit commit)
    {
        foreach (var send in commit.Queued)
        {
            tenant.Sends[send.MessageId] = send;
        }

        foreach (var id in commit.Dequeued)
        {
            tenant.Sends.Remove(id);
        }
    }

    private IEnumerable<QueuedSend> OfSession(string tenantId, string sessionId) =>
        Of(tenantId).Sends.Values.Where(s => s.SessionId == sessionId).OrderBy(s => s.MessageId);
}
