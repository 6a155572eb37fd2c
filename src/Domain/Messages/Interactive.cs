using System.Collections.Immutable;

namespace Parley.Domain.Messages;

/// <summary>A menu that was sent: what it says is the message's text, what it offers is here.</summary>
/// <param name="Kind"><c>buttons</c>, <c>list</c>, <c>template</c>, <c>flow</c> or <c>other</c>.</param>
[GenerateSerializer, Immutable, Alias("parley.Interactive")]
public sealed record Interactive(
    [property: Id(0)] string Kind,
    [property: Id(1)] string? Title,
    [property: Id(2)] string? Footer,
    [property: Id(3)] ImmutableArray<MenuOption> Options);
