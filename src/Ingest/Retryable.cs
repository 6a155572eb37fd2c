using Orleans.Runtime.Messaging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Which failures say nothing about the input: it happened or not, and may be tried again.</summary>
public static class Retryable
{
    private const int Attempts = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static bool Is(Exception e) => e
        is RetryableException or StoreException or TimeoutException || IsOfCluster(e);

    /// <summary>Makes a call that may be repeated a few times, while it fails for no reason of its own.</summary>
    internal static async Task<T> Repeat<T>(Func<Task<T>> call, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (Is(e) && attempt < Attempts)
            {
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
        }
    }

    /// <summary>A call did not get through, or its answer did not: a silo left, has too much to do, or cannot be reached.</summary>
    private static bool IsOfCluster(Exception e) => e
        is OrleansMessageRejectionException or ConnectionFailedException or GatewayTooBusyException or LimitExceededException
            or ClientNotAvailableException or OrleansLifecycleCanceledException
        || FoundNoSilo(e);

    /// <summary>No silo takes a grain that is not there yet: the only one stops, or none of this release has come.</summary>
    /// <remarks>Orleans has no type of its own for it; a test holds these words against what it says.</remarks>
    private static bool FoundNoSilo(Exception e) =>
        e.GetType() == typeof(OrleansException) && e.Message.StartsWith("No active nodes are compatible with grain", StringComparison.Ordinal);
}
