namespace Parley.Domain.Addresses;

/// <summary>
/// The canonical pair of the two parties of a conversation, sorted by bytes: under it a conversation is
/// found, and it is unique in a tenant.
/// </summary>
[GenerateSerializer, Immutable, Alias("parley.AddressPair")]
public readonly record struct AddressPair
{
    private AddressPair(string low, string high) => (Low, High) = (low, high);

    [Id(0)]
    public string Low { get; init; }

    [Id(1)]
    public string High { get; init; }

    public static AddressPair Of(Address one, Address other)
    {
        var (a, b) = (one.Canonical, other.Canonical);
        return a <= b ? new(a.Value, b.Value) : new(b.Value, a.Value);
    }

    public bool Contains(Address party) => Low == party.Canonical.Value || High == party.Canonical.Value;

    /// <summary>The same pair with <paramref name="better"/> in the place of <paramref name="known"/>.</summary>
    public AddressPair Replace(Address known, Address better)
    {
        var from = known.Canonical.Value;
        var other = Low == from ? High : Low;
        return Of(Address.Parse(other), better);
    }

    public override string ToString() => $"{Low}:{High}";
}
