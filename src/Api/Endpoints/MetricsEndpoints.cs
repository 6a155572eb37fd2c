using Parley.Api.OpenApi;
using Prometheus;

namespace Parley.Api.Endpoints;

/// <summary>Metrics in Prometheus' text form.</summary>
internal static class MetricsEndpoints
{
    private const string ContentType = "text/plain";

    /// <summary>The meters that are shown: Parley's own, the web server's and the runtime's.</summary>
    private static readonly string[] Meters = ["Parley", "Microsoft.AspNetCore.", "System.Runtime"];

    public static void MapMetrics(this RouteGroupBuilder administrator) =>
        administrator.MapGet("/metrics", Get).WithTags("Health")
            .Operation("getMetrics", "Read the metrics of this node", "In Prometheus' text form.")
            .AnswersAs(200, "The metrics.", ContentType, "# TYPE parley_store_flush_seconds histogram\n");

    /// <summary>Chooses what is measured; must run before anything else touches the metrics.</summary>
    public static void Configure()
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressEventCounters = true });
        Metrics.ConfigureMeterAdapter(options => options.InstrumentFilterPredicate =
            instrument => Meters.Any(prefix => instrument.Meter.Name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static async Task Get(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = $"{ContentType}; version=0.0.4; charset=utf-8";
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(context.Response.Body, cancellationToken);
    }
}
