namespace Parley.Domain.Messages;

/// <summary>Why a message failed: a stable code and a sentence for people.</summary>
[GenerateSerializer, Immutable, Alias("parley.MessageError")]
public sealed record MessageError([property: Id(0)] string Code, [property: Id(1)] string? Message);
