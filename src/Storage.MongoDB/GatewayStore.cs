using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB;

/// <summary>The installation's gateways. What names a token of another gateway does not happen.</summary>
internal sealed class GatewayStore(MongoDatabase database) : IGatewayStore
{
    private readonly Collections _collections = database.Collections;

    public Task<bool> CreateGateway(Gateway gateway, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            try
            {
                await _collections.Gateways.InsertOneAsync(Row(gateway), null, token);
                return true;
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                return false;
            }
        },
        cancellationToken);

    public Task<Page<Gateway>> ListGateways(PageRequest page, CancellationToken cancellationToken) => database.Calls.ReadSnapshot(
        (session, token) => Keyset.Read((from, backwards) => Scan(session, from, backwards, token), page, null), cancellationToken);

    public Task<Gateway?> ReadGateway(string gatewayId, CancellationToken cancellationToken) =>
        ReadOne(_collections.Gateways.Find(new BsonDocument(Field.Id, gatewayId)), cancellationToken);

    public Task<bool> UpdateGateway(Gateway gateway, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            try
            {
                var before = new BsonDocument { { Field.Id, gateway.GatewayId }, { Field.Version, new BsonInt64(gateway.Version - 1) } };
                return (await _collections.Gateways.ReplaceOneAsync(before, Row(gateway), new ReplaceOptions(), token)).MatchedCount == 1;
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                return false;
            }
        },
        cancellationToken);

    public Task<bool> DeleteGateway(string gatewayId, CancellationToken cancellationToken) => database.Calls.Write(
        async token => (await _collections.Gateways.DeleteOneAsync(new BsonDocument(Field.Id, gatewayId), token)).DeletedCount == 1,
        cancellationToken);

    public Task<Gateway?> FindGatewayByToken(byte[] sha256, CancellationToken cancellationToken) => ReadOne(
        _collections.Gateways.Find(new BsonDocument(Field.Token, Values.Of(sha256)), new FindOptions { Hint = Indexes.GatewayToken }),
        cancellationToken);

    private static BsonDocument Row(Gateway gateway) => new()
    {
        { Field.Id, gateway.GatewayId },
        { Field.Version, new BsonInt64(gateway.Version) },
        { Field.Token, Values.Of(gateway.TokenSha256) },
        { Field.Body, StoreJson.Text(gateway) },
    };

    private static Gateway Read(BsonDocument row) => StoreJson.Read<Gateway>(row.Text(Field.Body));

    private Task<Gateway?> ReadOne(IFindFluent<BsonDocument, BsonDocument> find, CancellationToken cancellationToken) => database.Calls.Read(
        async token => await find.FirstOrDefaultAsync(token) is { } row ? Read(row) : null, cancellationToken);

    private async IAsyncEnumerable<(SortKey Key, Gateway? Row)> Scan(
        IClientSessionHandle session,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = from is null ? [] : new BsonDocument(Field.Id, new BsonDocument(backwards ? "$lt" : "$gt", from.Tie));
        await foreach (var batch in Scans.Batches(
            _collections.Gateways, session, place, Scans.Sort(backwards, Field.Id), "_id_", null, cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (new SortKey(0, row.Text(Field.Id)), Read(row));
            }
        }
    }
}
