using Parley.Api.OpenApi;

namespace Parley.Api.Endpoints;

/// <summary>Metrics in Prometheus' text form.</summary>
internal static class MetricsEndpoints
{
    private const string ContentType = "text/plain";

    public static void MapMetrics(this RouteGroupBuilder administrator)
    {
        var scrape = ((IEndpointRouteBuilder)administrator).CreateApplicationBuilder()
            .UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true)
            .Build();
        administrator.MapGet("/metrics", (HttpContext context, CancellationToken _) => scrape(context)).WithTags("Health")
            .Operation("getMetrics", "Read the metrics of this node", "In Prometheus' text form.")
            .AnswersAs(200, "The metrics.", ContentType, static () => "# TYPE parley_storage_flush_seconds histogram\n");
    }
}
