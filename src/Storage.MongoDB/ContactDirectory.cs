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
internal sealed class ContactDirectory : IDirectory
{
    private const int MostEntries = 500;

    private static readonly KnownContact Nobody = new(null, null, null, null);
    private static readonly BulkWriteOptions InAnyOrder = new() { IsOrdered = false };

    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly Together<Told, bool> _together;

    public ContactDirectory(MongoDatabase database)
    {
        (_collections, _calls) = (database.Collections, database.Calls);
        _together = new Together<Told, bool>(Put, static told => told.Entries.Count, MostEntries);
    }

    public Task Put(string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken) =>
        _calls.WaitToWrite(_together.Ask(new Told(tenantId, entries)), cancellationToken);

    public Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken) =>
        _calls.Read<IReadOnlyDictionary<Address, DirectoryEntry>>(
            async token =>
            {
                var known = await ReadKnown(addresses.Select(address => IdOf(tenantId, address)), token);
                var found = new Dictionary<Address, DirectoryEntry>();
                foreach (var address in addresses.Select(static address => address.Canonical))
                {
                    if (known.TryGetValue(IdOf(tenantId, address), out var contact) && contact.At is { } at)
                    {
                        found[address] = new DirectoryEntry(address, contact.Name, contact.Picture, at);
                    }
                }

                return found;
            },
            cancellationToken);

    private static BsonDocument IdOf(string tenantId, Address address) =>
        ContactDocument.Id(tenantId, Values.AsKept(address.Canonical.Value));

    private async Task<IReadOnlyList<bool>> Put(IReadOnlyList<Told> batch)
    {
        var entries = batch
            .SelectMany(static told => told.Entries.Select(entry => (Id: IdOf(told.TenantId, entry.Address), Entry: entry)))
            .ToLookup(static told => told.Id, static told => told.Entry);

        // Nearly every message tells a name that is known: what changes nothing is not written.
        var known = await _calls.Read(token => ReadKnown(entries.Select(static contact => contact.Key), token), CancellationToken.None);
        if (Changes(entries, known).Count > 0)
        {
            await _calls.Write(token => Put(entries, known, token), CancellationToken.None);
        }

        return [.. batch.Select(static _ => true)];
    }

    /// <summary>Writes where nobody else has written since it was read; else it is read again.</summary>
    private async Task Put(
        ILookup<BsonDocument, DirectoryEntry> entries, Dictionary<BsonDocument, KnownContact> known, CancellationToken cancellationToken)
    {
        while (Changes(entries, known) is { Count: > 0 } changes)
        {
            try
            {
                var written = await _collections.Directory.BulkWriteAsync(changes, InAnyOrder, cancellationToken);
                if (written.InsertedCount + written.MatchedCount == changes.Count)
                {
                    return;
                }
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                // Another was first: what it wrote is read next.
            }

            await Task.Delay(1, cancellationToken);
            known = await ReadKnown(entries.Select(static contact => contact.Key), cancellationToken);
        }
    }

    private static List<WriteModel<BsonDocument>> Changes(
        ILookup<BsonDocument, DirectoryEntry> entries, Dictionary<BsonDocument, KnownContact> known)
    {
        var changes = new List<WriteModel<BsonDocument>>();
        foreach (var contact in entries)
        {
            var before = known.GetValueOrDefault(contact.Key);
            var after = contact.Aggregate(before ?? Nobody, static (told, entry) => told.With(entry));
            if (after == (before ?? Nobody))
            {
                continue;
            }

            var row = ContactDocument.Of(contact.Key, after);
            if (before is null)
            {
                changes.Add(new InsertOneModel<BsonDocument>(row));
            }
            else
            {
                var filter = ContactDocument.Of(contact.Key, before);
                filter.Remove(Field.Words);
                changes.Add(new ReplaceOneModel<BsonDocument>(filter, row));
            }
        }

        return changes;
    }

    private async Task<Dictionary<BsonDocument, KnownContact>> ReadKnown(IEnumerable<BsonDocument> ids, CancellationToken cancellationToken)
    {
        var rows = await _collections.Directory
            .Find(new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids.Distinct()))))
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(static row => row[Field.Id].AsBsonDocument, ContactDocument.Read);
    }

    private sealed record Told(string TenantId, IReadOnlyCollection<DirectoryEntry> Entries);
}
