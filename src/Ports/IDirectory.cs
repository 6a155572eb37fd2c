using Parley.Domain.Addresses;

namespace Parley.Ports;

/// <summary>Names and pictures of people and groups, per tenant and canonical address. Decides nothing, so it is no commit.</summary>
public interface IDirectory
{
    /// <summary>Keeps the later of two names, and of two pictures; null changes nothing.</summary>
    Task Put(string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken);

    /// <returns>What is known of those addresses of which anything is, by canonical address.</returns>
    Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken);
}

/// <param name="At">The time of what told the name.</param>
public sealed record DirectoryEntry(Address Address, string? Name, string? PictureUrl, DateTimeOffset At);
