namespace Parley.Ingest;

/// <summary>The bounds of taking in webhooks.</summary>
public sealed class IntakeOptions
{
    /// <summary>Largest body that is read, bytes. A gateway sends media as base64 in one body.</summary>
    public long MostBodyBytes { get; set; } = 256L << 20;

    /// <summary>Longest text of a message that is kept, characters. WhatsApp sends 65,536 at most; lists show texts whole.</summary>
    public int MostText { get; set; } = 1 << 20;

    /// <summary>How long one request is tried again inside while the store is away, before it is answered 503.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What <c>messages.edited</c> is answered within, whatever happens: a gateway holds its whole line for the answer.</summary>
    public TimeSpan EditedPatience { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How many bodies of <c>messages.edited</c> may wait in memory for the store.</summary>
    public int MostWaitingEdits { get; set; } = 2_000;

    /// <summary>Parked changes of one session; beyond that its oldest are dropped.</summary>
    public int MostParked { get; set; } = 10_000;

    /// <summary>How long what names a message may be ahead of it before the message counts as missing.</summary>
    public TimeSpan MissingAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a node trusts a pair of addresses that it found.</summary>
    public TimeSpan TrustsPairs { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a node trusts what it knows of a session.</summary>
    public TimeSpan TrustsSessions { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer waits for merges that its body set off. They are durable to-dos either way.</summary>
    public TimeSpan WaitsForWork { get; set; } = TimeSpan.FromMilliseconds(500);
}
