namespace Parley.GatewaySimulator.Webhooks;

/// <summary>When v2.3 posts a failed webhook again. v1 never does; 2.2 does every 30 s, whatever the answer was.</summary>
public sealed record WebhookRetry
{
    private static readonly int[] Refusals = [400, 401, 403, 404, 422];

    /// <summary>Tries in all.</summary>
    public int Attempts { get; init; } = 10;

    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How much a pause may differ, up and down.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How long a receiver may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="status">0 = no answer.</param>
    public static bool IsRefused(int status) => Refusals.Contains(status);

    /// <param name="attempt">1 = the first one failed.</param>
    public TimeSpan PauseAfter(int attempt)
    {
        var pause = Math.Min(Initial.TotalMilliseconds * Math.Pow(2, attempt - 1), Longest.TotalMilliseconds);
        var jitter = pause * Jitter * ((Random.Shared.NextDouble() * 2) - 1);
        return TimeSpan.FromMilliseconds(Math.Max(0, pause + jitter));
    }
}
