using OpenTelemetry.Metrics;

namespace Parley.Api.Health;

/// <summary>What is measured, and how finely. Every measurement costs a request something: only what an operator looks at is here.</summary>
internal static class MetricsSetup
{
    private static readonly string[] Meters =
    [
        "Parley.*",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.RateLimiting",
        "System.Runtime",
    ];

    /// <summary>0.5 ms to 32 s.</summary>
    private static readonly double[] Seconds = [.. Enumerable.Range(0, 17).Select(static i => 0.0005 * Math.Pow(2, i))];

    /// <summary>1 to 8,192.</summary>
    private static readonly double[] Numbers = [.. Enumerable.Range(0, 14).Select(static i => Math.Pow(2, i))];

    public static void AddParleyMetrics(this IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter(Meters)
        .AddView(static instrument =>
            instrument.GetType().IsGenericType && instrument.GetType().GetGenericTypeDefinition() == typeof(System.Diagnostics.Metrics.Histogram<>)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = instrument.Unit == "s" ? Seconds : Numbers }
                : null)
        .AddPrometheusExporter(static exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));
}
