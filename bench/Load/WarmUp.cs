using System.Diagnostics;

namespace Parley.Bench.Load;

/// <summary>Everybody writes first, and the compiler comes to an end: what is measured is a service in use, not its beginning.</summary>
internal static class WarmUp
{
    /// <summary>Stretches, at most.</summary>
    private const int Longest = 30;

    /// <summary>A stretch that costs more than this part of the cheapest before it saves nothing.</summary>
    private const double Settled = 0.95;

    /// <summary>One stretch may be dear by chance.</summary>
    private const int EndAfter = 2;

    /// <summary>Servers that use less of one processor have compiled what they know to be used often.</summary>
    private const double Quiet = 0.1;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(20);

    /// <param name="least">Webhooks: as many let nearly everybody write to each server.</param>
    /// <param name="measure">One stretch; returns what it posted and the servers' processor time for each, µs.</param>
    /// <param name="processorTime">Of all servers since they began.</param>
    public static async Task Run(
        long least, Func<Task<(LoadResult Result, double MicrosEach)>> measure, Func<TimeSpan> processorTime)
    {
        var (stretches, idle, posted, cheapest) = (0, 0, 0L, double.MaxValue);
        while (stretches < Longest && (idle < EndAfter || posted < least))
        {
            var (result, cost) = await measure();
            idle = cost < cheapest * Settled ? 0 : idle + 1;
            cheapest = Math.Min(cheapest, cost);
            posted += result.Micros.TotalCount;
            stretches++;
            await Rest(processorTime);
        }

        Console.WriteLine($"warmed up by {posted:N0} webhooks in {stretches} stretches, at best {cheapest:N0} µs of server CPU each");
    }

    /// <summary>Under load the compiler hardly gets a processor.</summary>
    private static async Task Rest(Func<TimeSpan> processorTime)
    {
        var (began, before) = (Stopwatch.GetTimestamp(), processorTime());
        do
        {
            await Task.Delay(Look);
            var used = processorTime() - before;
            if (used < Look * Quiet)
            {
                return;
            }

            before += used;
        }
        while (Stopwatch.GetElapsedTime(began) < LongestRest);
    }
}
