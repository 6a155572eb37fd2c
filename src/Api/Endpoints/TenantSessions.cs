using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Ends the lines of a tenant that is deleted: nobody could reach them any more, and nobody else could have them.</summary>
internal sealed class TenantSessions(ISessionStore sessions, IGrainFactory grains, Work work, TimeProvider time)
{
    private const int PageSize = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Each as its own deletion would: an adopted instance is left as it was found, one that was made here is deleted. Waits a moment for
    /// the gateways: their last webhooks need the tokens that end with the tenant.</summary>
    public async Task EndAll(string tenantId, CancellationToken cancellationToken)
    {
        // The caller is the administrator; this holds for the calls of this method alone.
        TenantContext.Set(tenantId);
        var began = time.GetTimestamp();
        var ended = await EndEach(tenantId, cancellationToken);
        if (ended.Count == 0)
        {
            return;
        }

        await work.Wake(tenantId);
        foreach (var sessionId in ended)
        {
            while (time.GetElapsedTime(began) < Patience
                && await sessions.ReadSession(tenantId, sessionId, cancellationToken) is { Task: not null })
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<List<string>> EndEach(string tenantId, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        SortKey? from = null;
        do
        {
            var page = await sessions.ListSessions(tenantId, new SessionFilter { Whole = true }, new PageRequest(PageSize, from), cancellationToken);
            foreach (var session in page.Rows.Select(static row => row.Session))
            {
                await grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, session.SessionId))
                    .Command(new SessionCommand { Kind = session.IsAdopted ? SessionCommandKind.Detach : SessionCommandKind.Delete });
                ended.Add(session.SessionId);
            }

            from = page.HasMore ? page.Continue : null;
        }
        while (from is not null);
        return ended;
    }
}
