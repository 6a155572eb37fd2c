using System.Diagnostics;
using System.Net;
using HdrHistogram;

namespace Parley.Bench.Load;

/// <summary>What a closed loop measured.</summary>
/// <param name="Answers">How many answers of each status.</param>
internal sealed record LoadResult(double PerSecond, HistogramBase Micros, IReadOnlyDictionary<int, long> Answers)
{
    public override string ToString() =>
        $"{PerSecond,9:N0}/s   p50 {Micros.GetValueAtPercentile(50) / 1000.0,7:N1} ms   p99 {Micros.GetValueAtPercentile(99) / 1000.0,7:N1} ms   "
        + $"max {Micros.GetMaxValue() / 1000.0,7:N1} ms   {string.Join(", ", Answers.Select(a => $"{a.Value:N0} x {a.Key}"))}";
}

/// <summary>A closed loop: each connection sends its next request when the one before is answered, or later where a rate is given.</summary>
internal static class Closed
{
    public static Task<LoadResult> Run(
        IPEndPoint server, int connections, TimeSpan time, Func<int, byte[], int> next, double perSecond = double.PositiveInfinity) =>
        Run([server], connections, time, next, perSecond);

    /// <param name="servers">Among which the connections are divided.</param>
    /// <param name="next">Writes the next request of a connection into a buffer and tells its length.</param>
    /// <param name="perSecond">What all connections together offer. A request that begins late is measured from when it was due.</param>
    public static async Task<LoadResult> Run(
        IReadOnlyList<IPEndPoint> servers, int connections, TimeSpan time, Func<int, byte[], int> next, double perSecond = double.PositiveInfinity)
    {
        var answers = new Dictionary<int, long>();
        var all = new LongHistogram(TimeSpan.FromMinutes(1).Ticks / 10, 3);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(index => Task.Run(async () =>
        {
            using var connection = await RawConnection.Open(servers[index % servers.Count]);
            var buffer = new byte[8 * 1024];
            var own = new LongHistogram(TimeSpan.FromMinutes(1).Ticks / 10, 3);
            var counts = new Dictionary<int, long>();
            for (var number = 0L; Stopwatch.GetElapsedTime(began) < time; number++)
            {
                TimeSpan due;
                if (double.IsFinite(perSecond))
                {
                    due = TimeSpan.FromSeconds((index + number * connections) / perSecond);
                    if (due >= time)
                    {
                        break;
                    }

                    if (due - Stopwatch.GetElapsedTime(began) is var early && early > TimeSpan.Zero)
                    {
                        await Task.Delay(early);
                    }
                }
                else
                {
                    due = Stopwatch.GetElapsedTime(began);
                }

                var length = next(index, buffer);
                var status = await connection.Send(buffer.AsMemory(0, length));
                own.RecordValue(Math.Max(1, (Stopwatch.GetElapsedTime(began) - due).Ticks / 10));
                counts[status] = counts.GetValueOrDefault(status) + 1;
            }

            lock (answers)
            {
                all.Add(own);
                foreach (var (status, count) in counts)
                {
                    answers[status] = answers.GetValueOrDefault(status) + count;
                }
            }
        })));
        return new LoadResult(all.TotalCount / Stopwatch.GetElapsedTime(began).TotalSeconds, all, answers);
    }
}
