using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Looks up gateway ids, those that wait together by one pair of queries: every message needs two such looks, and a query costs
/// nearly the same for a hundred ids as for one.</summary>
internal sealed class LookUps
{
    private const int MostIds = 1_000;

    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly MongoOptions _options;
    private readonly Together<Asked> _together;

    public LookUps(Collections collections, Calls calls, MongoOptions options)
    {
        (_collections, _calls, _options) = (collections, calls, options);
        _together = new Together<Asked>(Answer, static asked => asked.Ids.Count, MostIds);
    }

    /// <exception cref="StoreUnavailableException">The store did not answer in time.</exception>
    public async Task<MessageLookup> Find(string tenantId, IEnumerable<string> externalIds, CancellationToken cancellationToken)
    {
        var asked = new Asked(tenantId, externalIds);
        if (asked.Ids.Count == 0)
        {
            return MessageLookup.Nothing;
        }

        _together.Add(asked);
        try
        {
            return await asked.Answer.Task.WaitAsync(_options.Deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("read_deadline");
            throw new StoreUnavailableException("A look-up did not end in time.", exception);
        }
    }

    private async Task Answer(List<Asked> batch)
    {
        try
        {
            var (messages, parked) = await _calls.Read(token => Query(batch, token), CancellationToken.None);
            foreach (var asked in batch)
            {
                asked.Answer.TrySetResult(asked.Of(messages, parked));
            }
        }
        catch (Exception exception) when (exception is not StoreException && batch.Count > 1)
        {
            // Something that cannot be asked or read is its own caller's trouble.
            foreach (var asked in batch)
            {
                await Answer([asked]);
            }
        }
#pragma warning disable CA1031 // Whatever happens, every caller is answered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(asked => asked.Answer.TrySetException(exception));
        }
    }

    private async Task<(ILookup<BsonValue, BsonDocument> Messages, ILookup<(string Tenant, string Target), BsonDocument> Parked)> Query(
        List<Asked> batch, CancellationToken cancellationToken)
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

        public TaskCompletionSource<MessageLookup> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MessageLookup Of(ILookup<BsonValue, BsonDocument> messages, ILookup<(string Tenant, string Target), BsonDocument> parked) => new(
            [.. Keys.SelectMany(key => messages[key.Key].Select(row => MessageDocument.Kept(row, key.Value.Id, key.Value.Direction)))],
            [.. Ids.SelectMany(id => parked[(TenantId, Values.AsKept(id))]).Select(ParkedDocument.Read).OrderBy(static change => change.Id)]);
    }
}
