namespace Parley.Domain.Messages;

/// <summary>A place. Degrees, WGS 84.</summary>
[GenerateSerializer, Immutable, Alias("parley.Location")]
public sealed record Location(
    [property: Id(0)] double Latitude,
    [property: Id(1)] double Longitude,
    [property: Id(2)] string? Name,
    [property: Id(3)] string? Address);
