namespace Parley.Domain.Addresses;

/// <summary>One person as a payload names it: by number, by hidden id, or by both.</summary>
/// <param name="Phone">The number, where the payload shows it.</param>
/// <param name="Lid">The hidden id, where the payload shows it.</param>
[GenerateSerializer, Immutable, Alias("parley.Party")]
public sealed record Party([property: Id(0)] Address? Phone, [property: Id(1)] Address? Lid)
{
    /// <summary>The number if there is one: hidden ids are shown only where nothing better is known.</summary>
    public Address? Best => Phone ?? Lid;

    public bool IsKnown => Best is not null;

    public static Party Of(Address address) => address.Kind == AddressKind.Lid ? new(null, address) : new(address, null);

    public bool Is(Address? other) => other is { } address
        && (Phone?.Canonical == address.Canonical || Lid == address);
}
