using Parley.Api.OpenApi;
using Prometheus;

namespace Parley.Api.Endpoints;

/// <summary>Metrics in Prometheus' text form.</summary>
internal static class MetricsEndpoints
{
    private const string ContentType = "text/plain";

    /// <summary>The meters that are shown: Parley's own, the web server's and the runtime's.</summary>
    private static readonly string[] Meters = ["Parley", "Microsoft.AspNetCore.", "System.Runtime"];

    private static readonly double[] Seconds = Histogram.ExponentialBuckets(0.0005, 2, 17);
    private static readonly double[] Numbers = Histogram.ExponentialBuckets(1, 2, 14);

    public static void MapMetrics(this RouteGroupBuilder administrator) =>
        administrator.MapGet("/metrics", Get).WithTags("Health")
            .Operation("getMetrics", "Read the metrics of this node", "In Prometheus' text form.")
            .AnswersAs(200, "The metrics.", ContentType, "# TYPE parley_storage_flush_seconds histogram\n");

    /// <summary>Begins to measure. Not at the first scrape: what happened before it counts too.</summary>
    public static void Configure()
    {
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressEventCounters = true, SuppressMeters = true });
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            InstrumentFilterPredicate =
                instrument => Meters.Any(prefix => instrument.Meter.Name.StartsWith(prefix, StringComparison.Ordinal)),
            ResolveHistogramBuckets = instrument => instrument.Unit == "s" ? Seconds : Numbers,
        });
    }

    private static async Task Get(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = $"{ContentType}; version=0.0.4; charset=utf-8";
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(context.Response.Body, cancellationToken);
    }
}
