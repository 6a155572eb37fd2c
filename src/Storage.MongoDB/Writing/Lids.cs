using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Makes the numbers of hidden ids durable, those that are told at the same time in one transaction: every new contact tells one.</summary>
internal sealed class Lids
{
    private const int MostPairs = 200;

    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly Together<Told, bool> _together;

    public Lids(Collections collections, Calls calls)
    {
        (_collections, _calls) = (collections, calls);
        _together = new Together<Told, bool>(Learn, static told => told.Pairs.Count, MostPairs);
    }

    /// <param name="began">When the call did, which has read before: the deadline counts from then.</param>
    /// <returns>Whether it left a to-do.</returns>
    /// <exception cref="StoreException">It may not be durable.</exception>
    public Task<bool> Learn(
        string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, long began, CancellationToken cancellationToken) =>
        _calls.WaitToWrite(_together.Ask(new Told(tenantId, pairs, now)), cancellationToken, began);

    private async Task<IReadOnlyList<bool>> Learn(IReadOnlyList<Told> batch)
    {
        // A transaction sees one moment: a conversation begun meanwhile would see no number, and it no conversation. So the to-do is
        // left in any case, and only then it is looked whether there is a conversation at all.
        var left = await _calls.Transact((session, token) => Write(session, batch, token), CancellationToken.None);
        if (left.Count == 0)
        {
            return [.. batch.Select(static _ => false)];
        }

        var parties = await _calls.Read(token => FindParties(left, token), CancellationToken.None);
        var idle = left.Where(todo => !parties.Contains(todo.Party)).ToList();
        if (idle.Count > 0)
        {
            await _calls.Write(token => TakeBack(idle, token), CancellationToken.None);
        }

        var stays = left.Where(todo => parties.Contains(todo.Party)).Select(static todo => todo.By).ToHashSet();
        return [.. batch.Select(stays.Contains)];
    }

    /// <returns>The to-dos that it left.</returns>
    private async Task<List<Left>> Write(IClientSessionHandle session, IReadOnlyList<Told> batch, CancellationToken cancellationToken)
    {
        var known = await Read(session, batch, cancellationToken);
        var (lids, todos, left) = (new List<ReplaceOneModel<BsonDocument>>(), new List<ReplaceOneModel<BsonDocument>>(), new List<Left>());
        foreach (var told in batch)
        {
            foreach (var pair in told.Pairs)
            {
                var (id, canonical) = (LidDocument.Id(told.TenantId, pair.Lid), pair.Phone.Canonical.Value);
                var isKnown = known.TryGetValue(id, out var before);
                if (isKnown && before == canonical)
                {
                    continue;
                }

                known[id] = canonical;
                lids.Add(LidDocument.Put(told.TenantId, pair, told.Now));
                if (!isKnown)
                {
                    var item = new SameParty(pair.Lid, pair.Phone);
                    var todo = WorkDocument.Leave(told.TenantId, item, told.Now.ToUnixTimeMilliseconds());
                    todos.Add(todo);
                    left.Add(new Left(told, PairDocument.PartyId(told.TenantId, pair.Lid.Canonical.Value), todo.Replacement));
                }
            }
        }

        if (lids.Count > 0)
        {
            await _collections.Lids.BulkWriteAsync(session, lids, cancellationToken: cancellationToken);
        }

        if (todos.Count > 0)
        {
            await _collections.Work.BulkWriteAsync(session, todos, cancellationToken: cancellationToken);
        }

        return left;
    }

    private async Task<Dictionary<BsonDocument, string>> Read(
        IClientSessionHandle session, IReadOnlyList<Told> batch, CancellationToken cancellationToken)
    {
        var ids = batch.SelectMany(static told => told.Pairs.Select(pair => LidDocument.Id(told.TenantId, pair.Lid))).Distinct();
        var rows = await _collections.Lids
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids))))
            .Project(new BsonDocument(Field.Canonical, 1))
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(static row => row[Field.Id].AsBsonDocument, static row => row.Text(Field.Canonical));
    }

    /// <returns>Those that stand in a pair which leads to a conversation.</returns>
    private async Task<HashSet<BsonDocument>> FindParties(List<Left> left, CancellationToken cancellationToken)
    {
        var ranges = left.Select(static todo => new BsonDocument(Field.Id, PairDocument.OfParty(todo.Party)));
        var parties = await _collections.Pairs.AggregateAsync<BsonDocument>(
            new BsonDocument[]
            {
                new("$match", new BsonDocument("$or", new BsonArray(ranges))),
                new("$group", new BsonDocument(Field.Id, new BsonDocument
                {
                    { Field.IdTenant, "$" + Field.Id + "." + Field.IdTenant }, { Field.Party, "$" + Field.Id + "." + Field.Party },
                })),
            },
            cancellationToken: cancellationToken);
        return [.. (await parties.ToListAsync(cancellationToken)).Select(static row => row[Field.Id].AsBsonDocument)];
    }

    /// <summary>Only what this run left: a token belongs to one row.</summary>
    private Task<DeleteResult> TakeBack(List<Left> idle, CancellationToken cancellationToken) => _collections.Work.DeleteManyAsync(
        new BsonDocument
        {
            { Field.Id, new BsonDocument("$in", new BsonArray(idle.Select(static todo => todo.Row[Field.Id]))) },
            { Field.Token, new BsonDocument("$in", new BsonArray(idle.Select(static todo => todo.Row[Field.Token]))) },
        },
        cancellationToken);

    private sealed record Told(string TenantId, IReadOnlyCollection<LidPair> Pairs, DateTimeOffset Now);

    /// <param name="Party">The hidden id as its pairs' ids name it.</param>
    private sealed record Left(Told By, BsonDocument Party, BsonDocument Row);
}
