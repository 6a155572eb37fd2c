using System.Text.Json.Serialization;

namespace Parley.Domain.Addresses;

[GenerateSerializer, Immutable, Alias("parley.Address")]
public readonly record struct Address
{
    [Id(0)]
    private readonly string? _value;

    [JsonConstructor]
    public Address(string value) => _value = value;

    public string Value => _value ?? "";
}

[GenerateSerializer, Immutable, Alias("parley.AddressPair")]
public readonly record struct AddressPair
{
    [Id(0)]
    public string Low { get; init; }

    [Id(1)]
    public string High { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.Party")]
public sealed record Party([property: Id(0)] Address? Phone, [property: Id(1)] Address? Lid);
