using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Which failures say nothing about the input: it happened or not, and may be tried again.</summary>
public static class Retryable
{
    public static bool Is(Exception e) => e
        is RetryableException or StoreException or OrleansMessageRejectionException or SiloUnavailableException or TimeoutException;
}
