using System.Diagnostics.Metrics;

namespace Parley.Ports.Rows;

/// <summary>What a store tells of itself: by the same names whichever it is, so that dashboards and alarms fit both.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("Parley.Storage");

    public static readonly Histogram<double> FlushSeconds = Meter.CreateHistogram<double>(
        "parley.storage.flush", "s", "Time of one flush, its commit and repetitions included.");

    public static readonly Histogram<int> FlushRows = Meter.CreateHistogram<int>(
        "parley.storage.flush_rows", "{row}", "Rows written by one flush.");

    public static readonly Histogram<int> FlushJobs = Meter.CreateHistogram<int>(
        "parley.storage.flush_commits", "{commit}", "Jobs that went together in one flush.");

    public static readonly Histogram<double> ReadSeconds = Meter.CreateHistogram<double>(
        "parley.storage.read", "s", "Time of one read, its wait included; of reads that go together, of all of them.");

    public static readonly Histogram<double> RelaySeconds = Meter.CreateHistogram<double>(
        "parley.storage.relay", "s", "Time of one transaction that numbers events.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "parley.storage.failures", "{failure}", "Calls that the store could not do, by kind.");

    public static readonly Counter<long> Unreadable = Meter.CreateCounter<long>(
        "parley.storage.rows_unreadable", "{row}", "Rows that were passed over because they cannot be read, each time that they were met.");

    public static readonly UpDownCounter<int> Queue = Meter.CreateUpDownCounter<int>(
        "parley.storage.queue", "{job}", "Jobs that wait for a flush.");

    public static void Failed(string kind, int count = 1) => Failures.Add(count, new KeyValuePair<string, object?>("kind", kind));

    public static void PassedOver(string what) => Unreadable.Add(1, new KeyValuePair<string, object?>("what", what));
}
