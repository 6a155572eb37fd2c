using System.Collections.Immutable;

namespace Parley.Domain.Messages;

/// <summary>A shared contact (vCard): its name and numbers.</summary>
[GenerateSerializer, Immutable, Alias("parley.ContactCard")]
public sealed record ContactCard([property: Id(0)] string? Name, [property: Id(1)] ImmutableArray<string> PhoneNumbers);
