namespace Parley.Gateways.Evolution.Rest;

/// <summary>How patient the client is. The gateway's own delays set the lower bounds (gateway notes, 8, rule 6).</summary>
public sealed record EvolutionGatewayOptions
{
    /// <summary>Of a call that answers from the gateway's memory or database.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Of the version: the gateway asks the internet for WhatsApp's own before it answers.</summary>
    public TimeSpan VersionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of creating an instance: the gateway waits 5 s for a QR code and tests what it was given.</summary>
    public TimeSpan CreateTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of connect, restart, log out and delete: the gateway waits up to 5 s for a socket.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of what looks a number up first, which takes 60 s to fail: checks, reactions, edits, deletions.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Of media: the gateway fetches it from WhatsApp first, twice if need be.</summary>
    public TimeSpan MediaTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Of reaching the gateway's port at all.</summary>
    public TimeSpan TcpTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Before the first repetition of a call that only reads; doubled before the second.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a gateway's version is remembered.</summary>
    public TimeSpan VersionAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The circuit breaker looks at this much time; at least 0.5 s.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// With fewer calls than this in the window the breaker stays closed; at least 2. It opens when half of them met no gateway.
    /// </summary>
    public int BreakerCalls { get; init; } = 8;

    /// <summary>How long nothing is sent to a gateway whose breaker opened; at least 0.5 s.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(10);
}
