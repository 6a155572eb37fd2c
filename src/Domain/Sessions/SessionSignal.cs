using Parley.Domain.Addresses;

namespace Parley.Domain.Sessions;

/// <summary>What one webhook says about its session.</summary>
[GenerateSerializer, Immutable, Alias("parley.SessionSignal")]
public sealed record SessionSignal
{
    /// <summary>The state that the gateway reports; null when the webhook is about something else (traffic).</summary>
    [Id(0)]
    public SessionStatus? Status { get; init; }

    /// <summary>The gateway's status code or word, for people.</summary>
    [Id(1)]
    public string? Reason { get; init; }

    /// <summary>The line's own number: of an <c>open</c> it is the new one, elsewhere it only fills a gap.</summary>
    [Id(2)]
    public Address? PhoneNumber { get; init; }

    /// <summary>A hidden id of the line itself.</summary>
    [Id(3)]
    public Address? OwnLid { get; init; }

    /// <summary>The envelope's <c>date_time</c> as Unix milliseconds (a server's wall clock).</summary>
    [Id(4)]
    public long? EnvelopeMs { get; init; }

    [Id(5)]
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Replayed from quarantine: it goes to the history only.</summary>
    [Id(6)]
    public bool Replayed { get; init; }

    /// <summary>The webhook brings messages, so the line was open when it was sent.</summary>
    [Id(7)]
    public bool Traffic { get; init; }

    /// <summary>The webhook brings a fresh QR code that lives until then.</summary>
    [Id(8)]
    public DateTimeOffset? QrExpiresAt { get; init; }
}
