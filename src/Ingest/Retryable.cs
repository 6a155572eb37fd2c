using Orleans.Runtime.Messaging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Which failures say nothing about the input: it happened or not, and may be tried again.</summary>
public static class Retryable
{
    public static bool Is(Exception e) => e
        is RetryableException or StoreException or TimeoutException || IsOfCluster(e);

    /// <summary>A call did not get through, or its answer did not: a silo left, has too much to do, or cannot be reached.</summary>
    private static bool IsOfCluster(Exception e) => e
        is OrleansMessageRejectionException or ConnectionFailedException or GatewayTooBusyException or LimitExceededException
            or ClientNotAvailableException or OrleansLifecycleCanceledException;
}
