using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IWorkList, ISessionStore
{
    public Task Leave(string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Leave(Of(tenantId), items, now);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DueWork>> Due(string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<DueWork> due = [.. Of(tenantId).Work.Where(w => w.Due <= now).OrderBy(w => w.Due).Take(limit).Select(w => new DueWork(w.Item, w.Token))];
        return Task.FromResult(due);
    }

    public Task Complete(string tenantId, DueWork work, CancellationToken cancellationToken)
    {
        Of(tenantId).Work.RemoveAll(w => w.Item.Key == work.Item.Key && w.Token == work.Token);
        return Task.CompletedTask;
    }

    public Task Postpone(string tenantId, DueWork work, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var waiting in Of(tenantId).Work.Where(w => w.Token == work.Token))
        {
            waiting.Due = until;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> TenantsWithWork(DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> tenants = [.. _tenants.Where(t => t.Value.Work.Exists(w => w.Due <= now)).Select(t => t.Key)];
        return Task.FromResult(tenants);
    }

    public Task<Session?> ReadSession(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Sessions.GetValueOrDefault(sessionId));

    public Task<Session?> FindByInstance(string tenantId, string instanceName, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Sessions.Values.FirstOrDefault(s => s.InstanceName == instanceName));

    public Task<IReadOnlyList<SessionEntry>> FindOwners(string instanceName, CancellationToken cancellationToken)
    {
        IReadOnlyList<SessionEntry> owners = [.. _tenants
            .SelectMany(t => t.Value.Sessions.Values.Where(s => s.InstanceName == instanceName).Select(s => Entry(t.Key, s)))
            .OrderBy(e => e.Session.Status == SessionStatus.Destroyed)
            .ThenByDescending(e => e.Session.CreatedAt)
            .Take(10)];
        return Task.FromResult(owners);
    }

    public Task<CommitResult> Commit(SessionCommit commit, CancellationToken cancellationToken)
    {
        var tenant = Of(commit.TenantId);
        var id = commit.Session.SessionId;
        if (IsStale(tenant.Sessions.GetValueOrDefault(id)?.Version ?? 0, commit.Session.Version))
        {
            return Task.FromResult(CommitResult.Stale);
        }

        tenant.Sessions[id] = commit.Session;
        if (!tenant.Transitions.TryGetValue(id, out var transitions))
        {
            tenant.Transitions.Add(id, transitions = []);
        }

        transitions.AddRange(commit.Transitions);
        Log(commit.TenantId, id, commit.Events);
        Leave(tenant, commit.Leaves);
        recorder.Add(new SessionCommitted(commit));
        return Task.FromResult(CommitResult.Done);
    }

    public Task Touch(string tenantId, string sessionId, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        Of(tenantId).Touched[sessionId] = receivedAt;
        return Task.CompletedTask;
    }

    public Task PutQr(string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken)
    {
        var codes = Of(tenantId).Codes;
        codes[sessionId] = codes.GetValueOrDefault(sessionId) is { } kept && kept.ExpiresAt > qr.ExpiresAt ? kept : qr;
        return Task.CompletedTask;
    }

    public Task VoidQr(string tenantId, string sessionId, DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        var codes = Of(tenantId).Codes;
        if (codes.GetValueOrDefault(sessionId)?.ExpiresAt <= upTo)
        {
            codes.Remove(sessionId);
        }

        return Task.CompletedTask;
    }

    public Task<SessionQr?> ReadQr(string tenantId, string sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Codes.GetValueOrDefault(sessionId) is { } qr && qr.ExpiresAt > now ? qr : null);

    public Task<Page<SessionEntry>> ListSessions(
        string? tenantId, SessionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        List<SessionEntry> rows = [.. _tenants.Where(t => tenantId is null || t.Key == tenantId)
            .SelectMany(t => t.Value.Sessions.Values.Select(s => Entry(t.Key, s)))
            .OrderBy(e => e.TenantId, StringComparer.Ordinal).ThenBy(e => e.Session.SessionId, StringComparer.Ordinal)];
        return Task.FromResult(new Page<SessionEntry>(rows, null, null, HasMore: false, HasPrevious: false, rows.Count));
    }

    public Task<SessionEntry?> ReadEntry(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Sessions.TryGetValue(sessionId, out var session) ? Entry(tenantId, session) : null);

    public Task<Page<SessionTransition>> ListTransitions(
        string tenantId, string sessionId, PageRequest page, CancellationToken cancellationToken)
    {
        List<SessionTransition> rows = [.. (Of(tenantId).Transitions.GetValueOrDefault(sessionId) ?? []).OrderByDescending(t => t.Number)];
        return Task.FromResult(new Page<SessionTransition>(rows, null, null, HasMore: false, HasPrevious: false, rows.Count));
    }

    private SessionEntry Entry(string tenantId, Session session) => new(
        tenantId, session, Of(tenantId).Touched.TryGetValue(session.SessionId, out var at) ? at : null);
}
