using System.Diagnostics.Metrics;

namespace Parley.Storage.Sqlite;

/// <summary>What the store tells of itself.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("Parley.Storage");

    public static readonly Histogram<double> FlushSeconds = Meter.CreateHistogram<double>(
        "parley.storage.flush", "s", "Time of one transaction of the writer, its COMMIT included.");

    public static readonly Histogram<int> FlushRows = Meter.CreateHistogram<int>(
        "parley.storage.flush_rows", "{row}", "Rows written by one transaction.");

    public static readonly Histogram<int> FlushJobs = Meter.CreateHistogram<int>(
        "parley.storage.flush_commits", "{commit}", "Jobs that went together in one transaction.");

    public static readonly Histogram<double> ReadSeconds = Meter.CreateHistogram<double>(
        "parley.storage.read", "s", "Time of one read, its wait for a connection included; of reads that go together, of all of them.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "parley.storage.failures", "{failure}", "Calls that the store could not do, by kind.");

    public static readonly UpDownCounter<int> Queue = Meter.CreateUpDownCounter<int>(
        "parley.storage.queue", "{job}", "Jobs that wait for the writer.");

    public static void Failed(string kind, int count = 1) => Failures.Add(count, new KeyValuePair<string, object?>("kind", kind));
}
