using Parley.Domain.Addresses;

namespace Parley.Domain.Sends;

/// <summary>A message that is to be sent, is being sent, or of which nobody knows whether it was.</summary>
/// <remarks>Kept in the head of its conversation until the outcome is known, in the order of the sequences.</remarks>
[GenerateSerializer, Immutable, Alias("parley.Send")]
public sealed record Send
{
    [Id(0)]
    public required Guid MessageId { get; init; }

    [Id(1)]
    public required long Sequence { get; init; }

    [Id(2)]
    public required SendState State { get; init; }

    /// <summary>The session that sends it.</summary>
    [Id(3)]
    public required string SessionId { get; init; }

    /// <summary>What an echo of it must be like; see <see cref="SendFingerprint"/>.</summary>
    [Id(4)]
    public required string Fingerprint { get; init; }

    /// <summary>A queued one that has not left by then never does.</summary>
    [Id(5)]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it came into its state.</summary>
    [Id(6)]
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who made it leave: only they may send it, and may ask again.</summary>
    [Id(7)]
    public Guid? Token { get; init; }

    /// <summary>Why it could not leave when it was last tried: an error code; null = it was not tried.</summary>
    [Id(8)]
    public string? Hindrance { get; init; }

    /// <summary>The line that sends it, as it was named when the message was queued.</summary>
    [Id(9)]
    public required Address Line { get; init; }
}

/// <summary>How far a send has got. All but the last are shown as <c>pending</c>.</summary>
public enum SendState
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>Its maker may be calling the gateway; nobody else ever does.</summary>
    Leaving,

    /// <summary>Nobody knows whether it went out; an echo of the next 24 hours can tell.</summary>
    Unknown,
}
