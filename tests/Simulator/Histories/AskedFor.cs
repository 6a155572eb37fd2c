using Parley.Domain.Addresses;

namespace Parley.Simulator.Histories;

/// <summary>A message that a tenant wanted to be sent.</summary>
/// <param name="Line">The line by one of its names.</param>
/// <param name="IsUnmistakable">Its echo can be for nothing else's: nobody wrote the same text, and line and person have one name each.</param>
public sealed record AskedFor(string TenantId, Guid MessageId, Address Line, string Text, bool IsUnmistakable);
