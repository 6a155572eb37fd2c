using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Domain.Sends;

/// <summary>A message that somebody wants to be sent; who and where is settled.</summary>
/// <param name="MessageId">Given before the first try: asked for again with it, it is the same message.</param>
/// <param name="From">The line.</param>
/// <param name="To">The person or group.</param>
/// <param name="ExpiresAt">When it no longer leaves.</param>
[GenerateSerializer, Immutable, Alias("parley.SendOrder")]
public sealed record SendOrder(
    [property: Id(0)] Guid MessageId,
    [property: Id(1)] string SessionId,
    [property: Id(2)] Address From,
    [property: Id(3)] Address To,
    [property: Id(4)] MessageContent Content,
    [property: Id(5)] DateTimeOffset ExpiresAt)
{
    /// <summary>Whom the caller named, as they wrote it.</summary>
    [Id(6)]
    public string? RequestedTo { get; init; }

    /// <summary>What the caller gave along: a JSON object as text.</summary>
    [Id(7)]
    public string? Metadata { get; init; }

    /// <summary>The failed message that it repeats.</summary>
    [Id(8)]
    public Guid? RetryOf { get; init; }
}
