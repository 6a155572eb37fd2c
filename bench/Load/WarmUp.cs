namespace Parley.Bench.Load;

/// <summary>Everybody writes once first, and the compiler comes to an end: what is measured is a service in use, not its beginning.</summary>
internal static class WarmUp
{
    /// <summary>Stretches, at most.</summary>
    private const int Longest = 6;

    /// <summary>A stretch that costs more than this part of the one before it saves no more by being repeated.</summary>
    private const double Settled = 0.95;

    /// <param name="measure">One stretch; returns the servers' processor time for each webhook, µs.</param>
    public static async Task Run(Func<Task<double>> measure)
    {
        var (stretch, last, cost) = (0, double.MaxValue, double.MaxValue);
        do
        {
            (last, cost) = (cost, await measure());
        }
        while (++stretch < Longest && cost < last * Settled);
        Console.WriteLine($"warmed up in {stretch} stretches, at last {cost:N0} µs of server CPU a webhook");
    }
}
