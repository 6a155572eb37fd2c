using System.Diagnostics.Metrics;

namespace Parley.Storage.MongoDB;

/// <summary>What the store tells of itself.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("Parley.Storage");

    public static readonly Histogram<double> FlushSeconds = Meter.CreateHistogram<double>(
        "parley.storage.flush", "s", "Time of one flush, its repetitions included.");

    public static readonly Histogram<int> FlushRows = Meter.CreateHistogram<int>(
        "parley.storage.flush_rows", "{row}", "Rows written by one flush.");

    public static readonly Histogram<int> FlushJobs = Meter.CreateHistogram<int>(
        "parley.storage.flush_commits", "{commit}", "Commits that went together in one flush.");

    public static readonly Histogram<double> ReadSeconds = Meter.CreateHistogram<double>(
        "parley.storage.read", "s", "Time of one read.");

    public static readonly Histogram<double> RelaySeconds = Meter.CreateHistogram<double>(
        "parley.storage.relay", "s", "Time of one transaction that numbers events.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "parley.storage.failures", "{failure}", "Calls that the store could not do, by kind.");

    public static readonly UpDownCounter<int> Queue = Meter.CreateUpDownCounter<int>(
        "parley.storage.queue", "{commit}", "Commits that wait for a flush.");

    public static void Failed(string kind, int count = 1) => Failures.Add(count, new KeyValuePair<string, object?>("kind", kind));
}
