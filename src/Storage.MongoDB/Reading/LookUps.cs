using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Looks up gateway ids, those that wait together by one pair of queries: every message needs two such looks.</summary>
internal sealed class LookUps
{
    private const int MostIds = 1_000;

    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly UnreadableRows _unreadable;
    private readonly Together<Asked, MessageLookup> _together;

    public LookUps(Collections collections, Calls calls, UnreadableRows unreadable)
    {
        (_collections, _calls, _unreadable) = (collections, calls, unreadable);
        _together = new Together<Asked, MessageLookup>(Answer, static asked => asked.Ids.Count, MostIds);
    }

    /// <exception cref="StoreUnavailableException">The store did not answer in time.</exception>
    public async Task<MessageLookup> Find(string tenantId, IEnumerable<string> externalIds, CancellationToken cancellationToken)
    {
        var asked = new Asked(tenantId, externalIds);
        return asked.Ids.Count == 0 ? MessageLookup.Nothing : await _calls.WaitToRead(_together.Ask(asked), cancellationToken);
    }

    private async Task<IReadOnlyList<MessageLookup>> Answer(IReadOnlyList<Asked> batch)
    {
        var (messages, parked) = await _calls.Read(token => Query(batch, token), CancellationToken.None);
        return [.. batch.Select(asked => asked.Of(messages, parked, _unreadable))];
    }

    private async Task<(ILookup<BsonValue, BsonDocument> Messages, ILookup<(string Tenant, string Target), BsonDocument> Parked)> Query(
        IReadOnlyList<Asked> batch, CancellationToken cancellationToken)
    {
        var tenants = new BsonDocument("$in", new BsonArray(batch.Select(static asked => asked.TenantId).Distinct(StringComparer.Ordinal)));
        var keys = batch.SelectMany(static asked => asked.Keys.Keys).Distinct();
        var targets = batch.SelectMany(static asked => asked.Ids).Distinct(StringComparer.Ordinal);
        var messages = _collections.Messages
            .Find(new BsonDocument { { Field.Tenant, tenants }, { Field.Key, new BsonDocument("$in", new BsonArray(keys)) } })
            .ToListAsync(cancellationToken);
        var parked = _collections.Parked
            .Find(new BsonDocument { { Field.Tenant, tenants }, { Field.Target, new BsonDocument("$in", new BsonArray(targets)) } })
            .ToListAsync(cancellationToken);
        await Task.WhenAll(messages, parked);
        return (
            (await messages).ToLookup(static row => row[Field.Key]),
            (await parked).ToLookup(static row => (row.Text(Field.Tenant), row.Text(Field.Target))));
    }

    private sealed class Asked
    {
        public Asked(string tenantId, IEnumerable<string> externalIds)
        {
            TenantId = tenantId;
            Ids = externalIds.ToHashSet(StringComparer.Ordinal);
            foreach (var id in Ids)
            {
                Keys[Values.Of(ExternalKey.Of(tenantId, Direction.In, id))] = (id, Direction.In);
                Keys[Values.Of(ExternalKey.Of(tenantId, Direction.Out, id))] = (id, Direction.Out);
            }
        }

        public string TenantId { get; }

        public HashSet<string> Ids { get; }

        /// <summary>The keys under which messages with these ids are found; each names its tenant.</summary>
        public Dictionary<BsonValue, (string Id, Direction Direction)> Keys { get; } = [];

        public MessageLookup Of(
            ILookup<BsonValue, BsonDocument> messages,
            ILookup<(string Tenant, string Target), BsonDocument> parked,
            UnreadableRows unreadable) => new(
            [.. Keys.SelectMany(key => messages[key.Key].Select(row => MessageDocument.Kept(row, key.Value.Id, key.Value.Direction)))],
            [
                .. unreadable.ReadAll(
                    RowOf.ParkedChange,
                    Ids.SelectMany(id => parked[(TenantId, Values.AsKept(id))]),
                    ParkedDocument.Read,
                    ParkedDocument.Name).OrderBy(static change => change.Id),
            ]);
    }
}
