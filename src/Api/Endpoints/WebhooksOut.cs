using Parley.Api.Auth;
using Parley.Api.Problems;
using Parley.Domain.Webhooks;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Changes endpoints to which events are posted, and tells their deliverers.</summary>
internal sealed class WebhooksOut(
    IWebhookEndpointStore store, NetworkGuard guard, WebhookOptions options, IGrainFactory grains, TimeProvider time)
{
    /// <summary>A deliverer changes its endpoint several times a second.</summary>
    private const int MostTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Whose endpoints a route is about: the tenant's, or the administrator's.</summary>
    public static string OwnerOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<OfAllTenants>() is null ? context.Tenant() : WebhookEndpoint.AllTenants;

    /// <exception cref="ProblemException">There is no such endpoint.</exception>
    public async Task<WebhookEndpoint> Read(string ownerId, string endpointId, CancellationToken cancellationToken) =>
        await store.ReadEndpoint(ownerId, endpointId, cancellationToken)
            ?? throw new ProblemException(Problem.Of(ProblemCode.WebhookEndpointNotFound));

    /// <summary>Changes an endpoint and tells its deliverer.</summary>
    /// <exception cref="ProblemException">There is no such endpoint, or it cannot be changed so.</exception>
    public async Task<WebhookEndpoint> Change(
        string ownerId, string endpointId, Func<WebhookEndpoint, WebhookEndpoint> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            var endpoint = await Read(ownerId, endpointId, cancellationToken);
            var changed = change(endpoint) with { Version = endpoint.Version + 1, UpdatedAt = time.GetUtcNow() };
            if (await store.UpdateEndpoint(changed, [], null, cancellationToken))
            {
                await Wake(ownerId, endpointId, changed.Version);
                return changed;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        throw new ProblemException(Problem.Of(ProblemCode.Conflict));
    }

    /// <summary>Tells an endpoint's deliverer of a change. One that is not told finds out before long.</summary>
    public async Task Wake(string ownerId, string endpointId, long version)
    {
        // Deliverers serve the system, not a tenant; this holds for the calls of this method alone.
        TenantContext.Clear();
        try
        {
            await grains.GetGrain<IWebhookDelivererGrain>(GrainKey.Of(ownerId, endpointId)).Run(version);
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            // The clock comes again.
        }
    }

    /// <summary>The ids of a tenant's endpoints.</summary>
    public async Task<IReadOnlyList<string>> List(string tenantId, CancellationToken cancellationToken) =>
        [.. (await store.ListEndpoints(tenantId, new PageRequest(options.MostEndpoints), cancellationToken)).Rows.Select(static e => e.EndpointId)];

    /// <summary>Tells deliverers that their endpoints are gone, so that what they have in memory is not posted any more.</summary>
    public Task TellDeleted(string ownerId, IEnumerable<string> endpointIds) =>
        Task.WhenAll(endpointIds.Select(id => Wake(ownerId, id, long.MaxValue)));

    /// <summary>Holds an address against the networks that events may be posted into. That is done again whenever a connection is made.</summary>
    /// <exception cref="ProblemException">It is none, or may not be reached.</exception>
    public async Task CheckUrl(string url, CancellationToken cancellationToken)
    {
        // White space and control characters would be taken away or escaped, and the endpoint show another address than it has.
        if (url.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri is not { Scheme: "http" or "https", UserInfo: "", Fragment: "", Host.Length: > 0 })
        {
            throw new ProblemException(Problem.OfBody(
                ProblemCode.InvalidRequest, "#/url", "It is an https (or http) address without user, fragment and spaces."));
        }

        var problem = await guard.Judge(uri, cancellationToken) switch
        {
            NetworkVerdict.NoAddress => Problem.OfBody(ProblemCode.HostNotFound, "#/url", $"The name {uri.IdnHost} leads to no address."),
            NetworkVerdict.Refused => Problem.OfBody(ProblemCode.AddressNotAllowed, "#/url", new NetworkRefusedException(uri.IdnHost).Message),
            NetworkVerdict.NeedsTls => Problem.OfBody(
                ProblemCode.AddressNotAllowed,
                "#/url",
                $"Plain http is only for networks that the operator names in {NetworkGuard.Setting}. Use https."),
            _ => null,
        };
        if (problem is not null)
        {
            throw new ProblemException(problem);
        }
    }
}

/// <summary>Marks routes that are about the endpoints of all tenants.</summary>
internal sealed record OfAllTenants;
