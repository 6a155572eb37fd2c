using HdrHistogram;

namespace Parley.Bench.Load;

/// <summary>How long events take from their time to their arrival, in milliseconds.</summary>
/// <remarks>An event's time is taken before its commit, to the millisecond, so a delay includes the commit.</remarks>
internal static class Delays
{
    private static readonly long Longest = (long)TimeSpan.FromMinutes(5).TotalMilliseconds;

    public static LongHistogram New() => new(Longest, 3);

    public static void Record(LongHistogram delays, DateTimeOffset time) =>
        delays.RecordValue(Math.Clamp((long)(DateTimeOffset.UtcNow - time).TotalMilliseconds, 0, Longest));

    /// <returns>One line to quote.</returns>
    public static string Describe(LongHistogram delays) =>
        $"p50 {delays.GetValueAtPercentile(50):N0} ms, p99 {delays.GetValueAtPercentile(99):N0} ms, max {delays.GetMaxValue():N0} ms, {delays.TotalCount:N0} events";
}
