namespace Parley.Bench.Load;

/// <summary>Everybody writes once first, and the compiler comes to an end: what is measured is a service in use, not its beginning.</summary>
internal static class WarmUp
{
    /// <summary>Stretches, at most.</summary>
    private const int Longest = 15;

    /// <summary>A stretch that costs more than this part of the cheapest before it saves nothing.</summary>
    private const double Settled = 0.95;

    /// <summary>One stretch may be dear by chance.</summary>
    private const int EndAfter = 2;

    /// <param name="measure">One stretch; returns the servers' processor time for each webhook, µs.</param>
    public static async Task Run(Func<Task<double>> measure)
    {
        var (stretches, idle, cheapest) = (0, 0, double.MaxValue);
        while (stretches < Longest && idle < EndAfter)
        {
            var cost = await measure();
            idle = cost < cheapest * Settled ? 0 : idle + 1;
            cheapest = Math.Min(cheapest, cost);
            stretches++;
        }

        Console.WriteLine($"warmed up in {stretches} stretches, at best {cheapest:N0} µs of server CPU a webhook");
    }
}
