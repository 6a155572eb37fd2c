namespace Parley.Ports.Gateways;

/// <summary>A gateway did not do what it was asked, or nobody knows whether it did.</summary>
/// <param name="fault">What is known.</param>
/// <param name="message">For people: what the gateway said, without secrets.</param>
public sealed class GatewayException(GatewayFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public GatewayFault Fault => fault;

    /// <summary>Whether what was asked may have been done all the same.</summary>
    public bool MayHaveHappened => fault == GatewayFault.Unknown;

    /// <summary>When to ask again, if the gateway said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What is known of a call that failed. Only <see cref="Unknown"/> leaves open whether it had an effect.</summary>
public enum GatewayFault
{
    /// <summary>A time-out, a 400 or 500 of a send, an answer cut off or not readable: it may have happened, or may still.</summary>
    Unknown,

    /// <summary>No connection, or the circuit breaker is open: nothing arrived.</summary>
    Unreachable,

    /// <summary>It was to leave by a time that was over before anything could be sent.</summary>
    TooLate,

    /// <summary>429, 503: refused for now, nothing happened.</summary>
    Busy,

    /// <summary>401, 403 of the key.</summary>
    Unauthorized,

    /// <summary>404 of the instance.</summary>
    InstanceMissing,

    /// <summary>The name is taken (create).</summary>
    NameTaken,

    /// <summary>The gateway says that the instance is not connected.</summary>
    NotConnected,

    /// <summary>The number has no WhatsApp.</summary>
    NotOnWhatsApp,

    /// <summary>The request itself was refused: validation, a wrong type.</summary>
    Refused,

    /// <summary>This kind of instance cannot do that.</summary>
    Unsupported,

    /// <summary>What was asked for is no longer there.</summary>
    Gone,

    /// <summary>What was asked for is there, and larger than what is taken.</summary>
    TooLarge,
}
