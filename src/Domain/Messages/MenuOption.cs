namespace Parley.Domain.Messages;

/// <summary>One choice of a menu, or the one that was chosen.</summary>
[GenerateSerializer, Immutable, Alias("parley.MenuOption")]
public sealed record MenuOption([property: Id(0)] string? Id, [property: Id(1)] string? Title);
