namespace Parley.Domain.Addresses;

/// <summary>A hidden id and the number that belongs to it, as a trusted place of a payload taught them.</summary>
[GenerateSerializer, Immutable, Alias("parley.LidPair")]
public sealed record LidPair([property: Id(0)] Address Lid, [property: Id(1)] Address Phone);
