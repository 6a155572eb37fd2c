using System.Collections.Immutable;

namespace Parley.Domain.Messages;

/// <summary>A poll as it was asked; votes are kept beside it, one set per voter.</summary>
/// <param name="SelectableCount">How many options one person may choose; 0 = any number.</param>
[GenerateSerializer, Immutable, Alias("parley.Poll")]
public sealed record Poll(
    [property: Id(0)] string? Name,
    [property: Id(1)] ImmutableArray<string> Options,
    [property: Id(2)] int SelectableCount);
