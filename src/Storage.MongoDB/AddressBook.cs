using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Hidden ids and their numbers, pairs and their conversations.</summary>
internal sealed class AddressBook(MongoDatabase database) : IAddressBook
{
    private readonly Collections _collections = database.Collections;
    private readonly RowsById _lids = new(database.Collections.Lids, database.Calls, Field.Phone);
    private readonly RowsById _pairs = new(database.Collections.Pairs, database.Calls, Field.Target);
    private readonly Lids _learned = new(database.Collections, database.Calls);

    public async Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken)
    {
        var rows = await _lids.Read([.. lids.Select(lid => LidDocument.Id(tenantId, lid))], cancellationToken);
        return rows.ToDictionary(LidDocument.Lid, static row => Address.Parse(row.Text(Field.Phone)));
    }

    public Task<IReadOnlyList<Address>> FindLids(string tenantId, Address phone, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<Address>>(
            async token =>
            {
                var rows = await _collections.Lids
                    .Find(new BsonDocument { { Field.Tenant, tenantId }, { Field.Canonical, phone.Canonical.Value } })
                    .Project(new BsonDocument(Field.Id, 1))
                    .ToListAsync(token);
                return [.. rows.Select(LidDocument.Lid).OrderBy(static lid => lid.Value, StringComparer.Ordinal)];
            },
            cancellationToken);

    public async Task<bool> Learn(
        string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();

        // Nearly every pair is told with every message: what is durable already is not written again.
        var known = await FindPhones(tenantId, [.. pairs.Select(static pair => pair.Lid)], cancellationToken);
        var news = pairs.Where(pair => !known.TryGetValue(pair.Lid, out var phone) || phone.Canonical != pair.Phone.Canonical).ToList();
        return news.Count > 0 && await _learned.Learn(tenantId, news, now, began, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken)
    {
        var ids = pairs.Distinct().ToDictionary(pair => PairDocument.Id(tenantId, pair.Low, pair));
        var rows = await _pairs.Read([.. ids.Keys], cancellationToken);
        return rows.ToDictionary(row => ids[row[Field.Id].AsBsonDocument], static row => row.Text(Field.Target));
    }

    public Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(AddressPair, string)>>(
            async token =>
            {
                var name = party.Canonical.Value;
                var rows = await _collections.Pairs
                    .Find(new BsonDocument(Field.Id, PairDocument.OfParty(PairDocument.PartyId(tenantId, name), after?.ToString() ?? "")))
                    .Sort(new BsonDocument(Field.Id, 1))
                    .Limit(limit)
                    .ToListAsync(token);
                return
                [
                    .. rows.Select(static row =>
                        (new AddressPair { Low = row.Text(Field.Low), High = row.Text(Field.High) }, row.Text(Field.Target))),
                ];
            },
            cancellationToken);

    public Task<IReadOnlyList<(string TenantId, ConversationHead Head)>> FindHidden(
        (string TenantId, string ConversationId)? after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(string, ConversationHead)>>(
            token =>
            {
                var filter = new BsonDocument(Field.Hidden, true);
                if (after is { } last)
                {
                    filter.Add("$or", new BsonArray
                    {
                        new BsonDocument { { Field.Tenant, last.TenantId }, { Field.Name, new BsonDocument("$gt", last.ConversationId) } },
                        new BsonDocument(Field.Tenant, new BsonDocument("$gt", last.TenantId)),
                    });
                }

                return database.Unreadable.ReadAll(
                    RowOf.Conversation,
                    _collections.Conversations
                        .Find(filter, new FindOptions { Hint = Indexes.ConversationHidden })
                        .Sort(new BsonDocument { { Field.Tenant, 1 }, { Field.Name, 1 } })
                        .Project(new BsonDocument { { Field.Tenant, 1 }, { Field.Token, 1 }, { Field.Body, 1 } }),
                    limit,
                    static row => (row.Text(Field.Tenant), StoreJson.Read<ConversationHead>(row.Text(Field.Body))),
                    ConversationRow.Name,
                    token);
            },
            cancellationToken);
}
