namespace Parley.Domain.Messages;

/// <summary>The advertisement that led to a message (click-to-WhatsApp).</summary>
[GenerateSerializer, Immutable, Alias("parley.Referral")]
public sealed record Referral(
    [property: Id(0)] string? Title,
    [property: Id(1)] string? Body,
    [property: Id(2)] string? SourceUrl,
    [property: Id(3)] string? SourceType,
    [property: Id(4)] string? SourceId,
    [property: Id(5)] string? ClickId);
