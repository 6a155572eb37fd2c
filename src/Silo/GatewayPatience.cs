namespace Parley.Silo;

/// <summary>An api node that finds its silos gone between seeing and reaching them tries again.</summary>
internal sealed class GatewayPatience(TimeProvider time) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
