using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB;

/// <summary>Hidden ids and their numbers, pairs and their conversations.</summary>
internal sealed class AddressBook(MongoDatabase database) : IAddressBook
{
    private readonly Collections _collections = database.Collections;

    public Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyDictionary<Address, Address>>(
            async token => (await ReadPhones(null, tenantId, lids, token))
                .ToDictionary(static known => known.Key, static known => Address.Parse(known.Value.Phone)),
            cancellationToken);

    public Task<IReadOnlyList<Address>> FindLids(string tenantId, Address phone, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<Address>>(
            async token =>
            {
                var rows = await _collections.Lids
                    .Find(new BsonDocument { { Field.Tenant, tenantId }, { Field.Canonical, phone.Canonical.Value } })
                    .Project(new BsonDocument(Field.Id, 1))
                    .ToListAsync(token);
                return [.. rows.Select(LidOf).OrderBy(static lid => lid.Value, StringComparer.Ordinal)];
            },
            cancellationToken);

    public async Task<bool> Learn(
        string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Nearly every pair is told with every message: what is durable already is not written again.
        var known = await database.Calls.Read(token => ReadPhones(null, tenantId, [.. pairs.Select(static pair => pair.Lid)], token), cancellationToken);
        var news = pairs.Where(pair => known.GetValueOrDefault(pair.Lid).Canonical != pair.Phone.Canonical.Value).ToList();
        if (news.Count == 0)
        {
            return false;
        }

        // A transaction sees one moment: a conversation begun meanwhile would see no number, and it no conversation. So the to-do is
        // left in any case, and only then it is looked whether there is a conversation at all.
        var left = await database.Calls.Transact((session, token) => Put(session, tenantId, news, now, token), cancellationToken);
        var stays = false;
        foreach (var (pair, token) in left)
        {
            if (await IsParty(tenantId, pair.Known, cancellationToken))
            {
                stays = true;
            }
            else
            {
                await TakeBack(tenantId, pair, token, cancellationToken);
            }
        }

        return stays;
    }

    public Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyDictionary<AddressPair, string>>(
            async token =>
            {
                var ids = pairs.Distinct().ToDictionary(pair => PairDocument.Id(tenantId, pair.Low, pair));
                var rows = await _collections.Pairs
                    .Find(new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids.Keys))))
                    .ToListAsync(token);
                return rows.ToDictionary(row => ids[row[Field.Id].AsBsonDocument], static row => row.Text(Field.Target));
            },
            cancellationToken);

    public Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(AddressPair, string)>>(
            async token =>
            {
                var name = party.Canonical.Value;
                var rows = await _collections.Pairs
                    .Find(new BsonDocument(Field.Id, new BsonDocument
                    {
                        { "$gt", PairDocument.Id(tenantId, name, after?.ToString() ?? "") },

                        // Anything sorts after every text.
                        { "$lt", new BsonDocument { { Field.IdTenant, tenantId }, { Field.Party, name }, { Field.Pair, BsonMaxKey.Value } } },
                    }))
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
            async token =>
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

                var rows = await _collections.Conversations
                    .Find(filter, new FindOptions { Hint = Indexes.ConversationHidden })
                    .Sort(new BsonDocument { { Field.Tenant, 1 }, { Field.Name, 1 } })
                    .Limit(limit)
                    .Project(new BsonDocument { { Field.Tenant, 1 }, { Field.Body, 1 } })
                    .ToListAsync(token);
                return [.. rows.Select(static row => (row.Text(Field.Tenant), StoreJson.Read<ConversationHead>(row.Text(Field.Body))))];
            },
            cancellationToken);

    private static BsonDocument LidId(string tenantId, Address lid) => new() { { Field.IdTenant, tenantId }, { Field.Lid, lid.Value } };

    private static Address LidOf(BsonDocument row) => Address.Parse(row[Field.Id].AsBsonDocument[Field.Lid].AsString);

    /// <returns>The to-dos that it left, with their tokens.</returns>
    private async Task<List<(SameParty Pair, long Token)>> Put(
        IClientSessionHandle session, string tenantId, List<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var left = new List<(SameParty, long)>();
        var known = await ReadPhones(session, tenantId, [.. pairs.Select(static pair => pair.Lid)], cancellationToken);
        foreach (var pair in pairs)
        {
            var canonical = pair.Phone.Canonical.Value;
            var isKnown = known.TryGetValue(pair.Lid, out var before);
            if (isKnown && before.Canonical == canonical)
            {
                continue;
            }

            var id = LidId(tenantId, pair.Lid);
            await _collections.Lids.ReplaceOneAsync(
                session,
                new BsonDocument(Field.Id, id),
                new BsonDocument
                {
                    { Field.Id, id },
                    { Field.Tenant, tenantId },
                    { Field.Phone, pair.Phone.Value },
                    { Field.Canonical, canonical },
                    { Field.Learned, Values.Milliseconds(now) },
                },
                new ReplaceOptions { IsUpsert = true },
                cancellationToken);
            known[pair.Lid] = (pair.Phone.Value, canonical);
            if (!isKnown)
            {
                var item = new SameParty(pair.Lid, pair.Phone);
                var leave = WorkDocument.Leave(tenantId, item, now.ToUnixTimeMilliseconds());
                await _collections.Work.ReplaceOneAsync(
                    session, leave.Filter, leave.Replacement, new ReplaceOptions { IsUpsert = true }, cancellationToken);
                left.Add((item, leave.Replacement.Int64(Field.Token)));
            }
        }

        return left;
    }

    private Task<bool> IsParty(string tenantId, Address party, CancellationToken cancellationToken) => database.Calls.Read(
        token => _collections.Pairs
            .Find(new BsonDocument(Field.Id, new BsonDocument
            {
                { "$gt", PairDocument.Id(tenantId, party.Canonical.Value, "") },
                { "$lt", new BsonDocument { { Field.IdTenant, tenantId }, { Field.Party, party.Canonical.Value }, { Field.Pair, BsonMaxKey.Value } } },
            }))
            .AnyAsync(token),
        cancellationToken);

    private Task<DeleteResult> TakeBack(string tenantId, SameParty item, long workToken, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Work.DeleteOneAsync(
            new BsonDocument { { Field.Id, WorkDocument.Id(tenantId, item.Key) }, { Field.Token, new BsonInt64(workToken) } }, token),
        cancellationToken);

    private async Task<Dictionary<Address, (string Phone, string Canonical)>> ReadPhones(
        IClientSessionHandle? session, string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken)
    {
        if (lids.Count == 0)
        {
            return [];
        }

        var filter = new BsonDocument(
            Field.Id, new BsonDocument("$in", new BsonArray(lids.Distinct().Select(lid => LidId(tenantId, lid)))));
        var find = session is null ? _collections.Lids.Find(filter) : _collections.Lids.Find(session, filter);
        var rows = await find.ToListAsync(cancellationToken);
        return rows.ToDictionary(LidOf, static row => (row.Text(Field.Phone), row.Text(Field.Canonical)));
    }
}
