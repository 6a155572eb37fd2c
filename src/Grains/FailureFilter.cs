using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Lets failures of the store reach callers on other silos as what they are: retryable.</summary>
/// <remarks>The cause stays here, in this silo's log: an exception of a store, or of a driver below it, has no serializer, and a reply that
/// cannot be written reaches the caller as another failure, which no caller takes for retryable.</remarks>
public sealed partial class FailureFilter(ILogger<FailureFilter> logger) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (e is StoreException or RetryableException { InnerException: not null })
        {
            LogRetryable(logger, e, context.InterfaceName, context.MethodName);
            throw WithoutCause(e);
        }
    }

    private static RetryableException WithoutCause(Exception e) => new(e.Message);

    [LoggerMessage(2201, LogLevel.Information, "{Interface}.{Method} did not come to an end and may be repeated.")]
    private static partial void LogRetryable(ILogger logger, Exception exception, string @interface, string method);
}
