using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Names and pictures.</summary>
internal sealed class ContactDirectory(MongoDatabase database) : IDirectory
{
    private static readonly KnownContact Nobody = new(null, null, null, null);

    private readonly Collections _collections = database.Collections;

    public async Task Put(
        string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken)
    {
        // Nearly every message tells a name that is known: what changes nothing is not written.
        var known = await database.Calls.Read(
            token => ReadKnown(tenantId, entries.Select(static entry => NameOf(entry.Address)), token), cancellationToken);
        foreach (var address in entries.GroupBy(static entry => NameOf(entry.Address), StringComparer.Ordinal))
        {
            if (With(known.GetValueOrDefault(address.Key), address) != known.GetValueOrDefault(address.Key, Nobody))
            {
                await database.Calls.Write(token => Put(tenantId, address.Key, [.. address], token), cancellationToken);
            }
        }
    }

    public Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyDictionary<Address, DirectoryEntry>>(
            async token =>
            {
                var known = await ReadKnown(tenantId, addresses.Select(NameOf), token);
                return known.Where(static pair => pair.Value.At is not null).ToDictionary(
                    static pair => Address.Parse(pair.Key),
                    static pair => new DirectoryEntry(
                        Address.Parse(pair.Key), pair.Value.Name, pair.Value.Picture, pair.Value.At!.Value));
            },
            cancellationToken);

    private static string NameOf(Address address) => Values.AsKept(address.Canonical.Value);

    private static KnownContact With(KnownContact? known, IEnumerable<DirectoryEntry> entries) =>
        entries.Aggregate(known ?? Nobody, static (contact, entry) => contact.With(entry));

    private async Task<Dictionary<string, KnownContact>> ReadKnown(
        string tenantId, IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var ids = addresses.Distinct(StringComparer.Ordinal).Select(address => ContactDocument.Id(tenantId, address));
        var rows = await _collections.Directory.Find(new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids))))
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(ContactDocument.Address, ContactDocument.Read, StringComparer.Ordinal);
    }

    /// <summary>Writes where nobody else has written since it was read; else it is read again.</summary>
    private async Task Put(string tenantId, string address, List<DirectoryEntry> entries, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = (await ReadKnown(tenantId, [address], cancellationToken)).GetValueOrDefault(address);
            var after = With(before, entries);
            if (after == (before ?? Nobody))
            {
                return;
            }

            var row = ContactDocument.Of(tenantId, address, after);
            try
            {
                if (before is null)
                {
                    await _collections.Directory.InsertOneAsync(row, null, cancellationToken);
                    return;
                }

                var filter = ContactDocument.Of(tenantId, address, before);
                filter.Remove(Field.Words);
                var replaced = await _collections.Directory.ReplaceOneAsync(filter, row, cancellationToken: cancellationToken);
                if (replaced.MatchedCount == 1)
                {
                    return;
                }
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                // Another was first: what it wrote is read next.
            }

            await Task.Delay(1, cancellationToken);
        }
    }
}
