using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB;

/// <summary>The to-dos of the workers.</summary>
internal sealed class WorkList(MongoDatabase database) : IWorkList
{
    private readonly Collections _collections = database.Collections;

    public async Task Leave(
        string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return;
        }

        var rows = items.Select(item => WorkDocument.Leave(tenantId, item, now.ToUnixTimeMilliseconds())).ToList();
        await database.Calls.Write(token => _collections.Work.BulkWriteAsync(rows, cancellationToken: token), cancellationToken);
    }

    public Task<IReadOnlyList<DueWork>> Due(
        string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<DueWork>>(
            token => database.Unreadable.ReadAll(
                RowOf.ToDo,
                _collections.Work
                    .Find(new BsonDocument { { Field.Tenant, tenantId }, { Field.Due, new BsonDocument("$lte", Values.Milliseconds(now)) } })
                    .Sort(new BsonDocument { { Field.Due, 1 }, { Field.Token, 1 } }),
                limit,
                static row => new DueWork(StoreJson.Read<WorkItem>(row.Text(Field.Body)), row.Int64(Field.Token)),
                static row => row[Field.Token].ToString()!,
                token),
            cancellationToken);

    public Task Complete(string tenantId, DueWork work, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Work.DeleteOneAsync(ThisOne(tenantId, work), token), cancellationToken);

    public Task Postpone(string tenantId, DueWork work, DateTimeOffset until, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Work.UpdateOneAsync(
            ThisOne(tenantId, work),
            new BsonDocument("$set", new BsonDocument(Field.Due, Values.Milliseconds(until))),
            cancellationToken: token),
        cancellationToken);

    /// <remarks>One step through the index for each tenant that has work, whatever the number of its to-dos.</remarks>
    public Task<IReadOnlyList<string>> TenantsWithWork(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<string>>(
            async token =>
            {
                var tenants = await _collections.Work.AggregateAsync<BsonDocument>(
                    new BsonDocument[]
                    {
                        new("$sort", new BsonDocument { { Field.Tenant, 1 }, { Field.Due, 1 } }),
                        new("$group", new BsonDocument
                        {
                            { Field.Id, "$" + Field.Tenant }, { Field.Due, new BsonDocument("$first", "$" + Field.Due) },
                        }),
                        new("$match", new BsonDocument(Field.Due, new BsonDocument("$lte", Values.Milliseconds(now)))),
                    },
                    new AggregateOptions { Hint = Indexes.WorkDue },
                    token);
                return [.. (await tenants.ToListAsync(token)).Select(static tenant => tenant.Text(Field.Id))];
            },
            cancellationToken);

    /// <summary>The to-do itself, not one of its key that was left later.</summary>
    private static BsonDocument ThisOne(string tenantId, DueWork work) => new()
    {
        { Field.Id, WorkDocument.Id(tenantId, work.Item.Key) }, { Field.Token, new BsonInt64(work.Token) },
    };
}
