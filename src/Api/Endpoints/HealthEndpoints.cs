using Microsoft.AspNetCore.Mvc;
using Parley.Api.Health;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;

namespace Parley.Api.Endpoints;

/// <summary>Whether the process lives, and whether it takes requests.</summary>
internal static class HealthEndpoints
{
    private static readonly Dictionary<string, bool> Running = new(StringComparer.Ordinal) { ["running"] = true };

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous().DisableRateLimiting();
        MapLiveness(group);
        group.MapGet("/ready", Ready)
            .Operation("getReadiness", "Tell whether this node takes requests", "Looks at the store and at the membership only.")
            .Answers(200, "It does.", new HealthResource("ok", Examples.Checks))
            .Fails(ProblemCode.NotReady);
    }

    /// <summary>Liveness alone, for a node that waits.</summary>
    public static void MapLiveness(this WebApplication app) => MapLiveness(app.MapGroup("/health"));

    private static void MapLiveness(RouteGroupBuilder group) =>
        group.MapGet("/live", () => TypedResults.Ok(new HealthResource("ok", Running)))
            .Operation("getLiveness", "Tell whether the process lives")
            .Answers(200, "It does.", new HealthResource("ok", Running));

    private static async Task<Results<Ok<HealthResource>, Problem>> Ready(
        [FromServices] Readiness readiness, CancellationToken cancellationToken)
    {
        var (ready, checks) = await readiness.Check(cancellationToken);
        return ready ? TypedResults.Ok(new HealthResource("ok", checks)) : Problem.NotReady(checks);
    }
}
