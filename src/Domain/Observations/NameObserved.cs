using Parley.Domain.Addresses;

namespace Parley.Domain.Observations;

/// <summary>The name or the picture of a person or group. Null means unknown, not cleared.</summary>
/// <param name="At">The time of what told it; of two names the later stays.</param>
public sealed record NameObserved(Address Address, string? Name, string? PictureUrl, DateTimeOffset At) : Observation;
