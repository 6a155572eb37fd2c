using Parley.Domain.Addresses;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Keeps the names of people and groups; what this node wrote a while ago is not written again.</summary>
internal sealed class Names(IDirectory directory, TimeProvider time)
{
    private const int MostNames = 100_000;

    private readonly ExpiringMap<(string Tenant, Address Address), (string? Name, string? Picture)> _known =
        new(time, TimeSpan.FromMinutes(10), MostNames);

    public async Task Put(string tenantId, IEnumerable<NameObserved> names, CancellationToken cancellationToken)
    {
        var entries = names
            .Where(n => !_known.TryGet((tenantId, n.Address.Canonical), out var known)
                || (n.Name is not null && n.Name != known.Name)
                || (n.PictureUrl is not null && n.PictureUrl != known.Picture))
            .Select(static n => new DirectoryEntry(n.Address.Canonical, n.Name, n.PictureUrl, n.At))
            .ToList();

        // In pieces: the store has one writer, and no body may hold it for long.
        foreach (var chunk in entries.Chunk(Chunks.MostItems))
        {
            await directory.Put(tenantId, chunk, cancellationToken);
            foreach (var entry in chunk)
            {
                _known.TryGet((tenantId, entry.Address), out var known);
                _known.Set((tenantId, entry.Address), (entry.Name ?? known.Name, entry.PictureUrl ?? known.Picture));
            }
        }
    }
}
