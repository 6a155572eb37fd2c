using System.Collections.Immutable;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>The sessions of gateway instances, as this node last saw them.</summary>
internal sealed class KnownSessions(ISessionStore store, IGrainFactory grains, IntakeOptions options, TimeProvider time)
{
    private const int MostSessions = 50_000;
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(5);

    private readonly ExpiringMap<(string Tenant, string Instance), Session> _sessions = new(time, options.TrustsSessions, MostSessions);
    private readonly ExpiringMap<(string Tenant, string Session), bool> _touched = new(time, TouchEvery, MostSessions);

    /// <summary>The session of an instance, after it took in what a webhook says of it. An unknown instance makes a session.</summary>
    /// <returns>The session, and whether it was told anything.</returns>
    public async Task<(Session Session, bool Told)> Observe(
        string tenantId, string instance, IReadOnlyList<SessionSignal> signals, SessionSignal traffic, CancellationToken cancellationToken)
    {
        if (signals.Count == 0 && _sessions.TryGet((tenantId, instance), out var known) && HasNothingNew(known, traffic))
        {
            return (known, false);
        }

        var session = await store.FindByInstance(tenantId, instance, cancellationToken);
        var told = session is null || signals.Count > 0 || !HasNothingNew(session, traffic);
        if (told)
        {
            // What is said of the state comes first: then a new session begins in that state, not in the one that traffic implies.
            ImmutableArray<SessionSignal> all = signals.Count == 0 ? [traffic] : [.. signals, traffic with { Traffic = false }];
            var grain = grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, session?.SessionId ?? instance));
            session = await grain.Observe(instance, all);
        }

        _sessions.Set((tenantId, instance), session!);
        return (session!, told);
    }

    /// <returns>The tenant that has an instance of a gateway; null when none has.</returns>
    public async Task<string?> FindOwner(string gatewayId, string instance, CancellationToken cancellationToken)
    {
        // Not remembered: an instance can go to another tenant.
        var owners = await store.FindOwners(instance, cancellationToken);
        return owners.FirstOrDefault(o => o.Session.GatewayId == gatewayId && !o.Session.DeletedByTenant)?.TenantId;
    }

    /// <summary>Whether a token speaks of an instance that is not its own: one session's of another, or a tenant's of one that was made for
    /// somebody else, or whose name is already the id of another instance's session.</summary>
    public async Task<bool> IsForeign(string tenantId, WebhookOwner owner, string instance, CancellationToken cancellationToken)
    {
        var isRemembered = _sessions.TryGet((tenantId, instance), out var session);
        session ??= await store.FindByInstance(tenantId, instance, cancellationToken);
        if (owner.SessionId is { } own)
        {
            if (isRemembered && session?.SessionId != own)
            {
                // An adoption may have given the instance another session since.
                _sessions.Remove((tenantId, instance));
                session = await store.FindByInstance(tenantId, instance, cancellationToken);
            }

            return session?.SessionId != own;
        }

        return session is null
            && ((await store.ReadSession(tenantId, instance, cancellationToken) is { } named && named.InstanceName != instance)
                || (owner.GatewayId is null
                    && (await store.FindOwners(instance, cancellationToken)).Any(
                        o => o.TenantId != tenantId && o.Session is { IsRun: true, IsAdopted: false })));
    }

    /// <summary>Notes the last webhook of a session, now and then.</summary>
    public async Task Touch(string tenantId, Session session, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (!_touched.TryGet((tenantId, session.SessionId), out _))
        {
            _touched.Set((tenantId, session.SessionId), true);
            await store.Touch(tenantId, session.SessionId, receivedAt, cancellationToken);
        }
    }

    private static bool HasNothingNew(Session session, SessionSignal traffic) =>
        (traffic.PhoneNumber is null || session.PhoneNumber is not null)
        && !SessionRules.ShowsAnotherPhone(session, traffic)
        && (traffic.OwnLid is not { } lid || session.OwnLids.Contains(lid));
}
