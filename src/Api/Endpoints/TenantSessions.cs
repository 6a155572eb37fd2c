using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Ends the lines of a tenant that is deleted: nobody could reach them any more, and nobody else could have them.</summary>
internal sealed class TenantSessions(ISessionStore sessions, IGrainFactory grains, Work work)
{
    private const int PageSize = 100;

    /// <summary>Each as its own deletion would: an adopted instance is left as it was found, one that was made here is deleted.</summary>
    public async Task EndAll(string tenantId, CancellationToken cancellationToken)
    {
        // The caller is the administrator; this holds for the calls of this method alone.
        TenantContext.Set(tenantId);
        SortKey? from = null;
        while (true)
        {
            var page = await sessions.ListSessions(tenantId, new SessionFilter(), new PageRequest(PageSize, from), cancellationToken);
            foreach (var entry in page.Rows)
            {
                await End(tenantId, entry.Session);
            }

            if (!page.HasMore)
            {
                await work.Wake(tenantId);
                return;
            }

            from = page.Continue;
        }
    }

    private Task<SessionReply> End(string tenantId, Session session) => grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, session.SessionId))
        .Command(new SessionCommand { Kind = session.IsAdopted ? SessionCommandKind.Detach : SessionCommandKind.Delete });
}
