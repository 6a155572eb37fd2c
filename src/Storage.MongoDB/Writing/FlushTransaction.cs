using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Writes the rows of some commits into an open transaction, kind by kind: each is one request, however many commits there are.</summary>
internal sealed class FlushTransaction(
    Collections collections, IClientSessionHandle session, int slot, IReadOnlyList<CommitJob> jobs, CancellationToken cancellationToken)
{
    private static readonly BulkWriteOptions InOrder = new() { IsOrdered = true };
    private static readonly CommitResult Refused = new(CommitOutcome.Refused);

    public async Task Write()
    {
        // The heads first: whoever is not the owner any more learns it before anything else of it is looked at.
        await WriteHeads(collections.Conversations, [.. jobs.Where(static job => !job.IsSession)]);
        await WriteHeads(collections.Sessions, [.. jobs.Where(static job => job.IsSession)]);
        await WritePairs();

        // Before anything that may take the ids which they give up; and once more, for what has only just come.
        await Bulk(collections.Messages, jobs.SelectMany(static job => job.Released));
        await InsertMessages(await Move());
        await Bulk(collections.Messages, jobs.SelectMany(static job => job.Released));
        await UpdateMessages();
        await Insert(collections.Outbox, jobs.Select(static job => job.Outbox).OfType<BsonDocument>());
        await Count();
        await Insert(collections.Transitions, jobs.SelectMany(static job => job.Transitions));
        await Bulk(collections.Conversations, jobs.SelectMany(static job => job.Marks));
        await Bulk(collections.Sends, jobs.SelectMany(static job => job.Queue));
        await Bulk(collections.Work, jobs.SelectMany(static job => job.Leaves));
        await Unpark();
    }

    private async Task WriteHeads(IMongoCollection<BsonDocument> heads, List<CommitJob> owners)
    {
        if (owners.Count == 0)
        {
            return;
        }

        try
        {
            var result = await heads.BulkWriteAsync(session, owners.Select(static job => job.Head), InOrder, cancellationToken);
            if (result.MatchedCount + result.Upserts.Count < owners.Count)
            {
                throw new CommitTroubleException([], CommitResult.Stale);
            }
        }
        catch (MongoException exception) when (Failures.Duplicate(exception) is { } at)
        {
            // A first commit that found one there.
            throw new CommitTroubleException([owners[at]], CommitResult.Stale, exception);
        }
    }

    private async Task WritePairs()
    {
        var pairs = new List<(CommitJob Job, UpdateOneModel<BsonDocument> Model, AddressPair Pair)>(
            jobs.SelectMany(static job => job.Pairs.Select(pair => (job, pair.Model, pair.Pair))));
        if (pairs.Count == 0)
        {
            return;
        }

        try
        {
            await collections.Pairs.BulkWriteAsync(session, pairs.Select(static pair => pair.Model), InOrder, cancellationToken);
        }
        catch (MongoException exception) when (Failures.Duplicate(exception) is { } at)
        {
            throw new CommitTroubleException([pairs[at].Job], new CommitResult(CommitOutcome.PairTaken, pairs[at].Pair), exception);
        }
    }

    /// <summary>Takes moved rows from where they were.</summary>
    /// <returns>The rows that they become.</returns>
    private async Task<Dictionary<CommitJob, List<(BsonDocument Row, string? ExternalId)>>> Move()
    {
        var arrived = new Dictionary<CommitJob, List<(BsonDocument, string?)>>();
        foreach (var job in jobs.Where(static job => job.Moved.Length > 0))
        {
            var there = new BsonDocument(
                Field.Id, new BsonDocument("$in", new BsonArray(job.Moved.Select(static moved => moved.From).Distinct())));
            var found = await collections.Messages.Find(session, there)
                .Project(new BsonDocument { { Field.MessageId, 1 }, { Field.Key, 1 } })
                .ToListAsync(cancellationToken);
            var old = found.ToDictionary(static row => row[Field.Id].AsBsonDocument);
            var taken = new HashSet<BsonDocument>();
            foreach (var moved in job.Moved)
            {
                if (!old.ContainsKey(moved.From) || !taken.Add(moved.From))
                {
                    throw new CommitTroubleException([job], Refused with { ExternalId = moved.ExternalId });
                }
            }

            await collections.Messages.DeleteManyAsync(session, there, null, cancellationToken);
            arrived.Add(job, await Arrive(job, old));
        }

        return arrived;
    }

    private async Task<List<(BsonDocument Row, string? ExternalId)>> Arrive(CommitJob job, Dictionary<BsonDocument, BsonDocument> old)
    {
        var known = new HashSet<BsonValue>();
        var buried = job.Moved.Where(static moved => moved.Tombstone is not null).Select(moved => old[moved.From][Field.Key]).ToList();
        if (buried.Count > 0)
        {
            var copies = await collections.Messages
                .Find(session, new BsonDocument
                {
                    { Field.Tenant, job.TenantId },
                    { Field.Key, new BsonDocument("$in", new BsonArray(buried)) },
                    { Field.IdConversation, job.HeadId },
                })
                .Project(new BsonDocument(Field.Key, 1))
                .ToListAsync(cancellationToken);
            known.UnionWith(copies.Select(static row => row[Field.Key]));
        }

        var rows = new List<(BsonDocument, string?)>();
        foreach (var moved in job.Moved)
        {
            if (moved.Row is { } row)
            {
                known.Add(row[Field.Key]);
                rows.Add((row, moved.ExternalId));
            }
            else if (moved.Tombstone is { } sequence)
            {
                // Where a copy is here already and answers for the gateway id, the tombstone keeps its place only.
                var (id, key) = (old[moved.From][Field.MessageId], old[moved.From][Field.Key]);
                rows.Add((
                    MessageDocument.Tombstone(
                        job.TenantId, job.HeadId, sequence, id, known.Add(key) ? key : Values.Of(id.AsGuid.ToByteArray(bigEndian: true))),
                    null));
            }
        }

        return rows;
    }

    private async Task InsertMessages(Dictionary<CommitJob, List<(BsonDocument Row, string? ExternalId)>> arrived)
    {
        var rows = new List<(CommitJob Job, BsonDocument Row, string? ExternalId)>();
        foreach (var job in jobs)
        {
            if (arrived.TryGetValue(job, out var moved))
            {
                rows.AddRange(moved.Select(row => (job, row.Row, row.ExternalId)));
            }

            rows.AddRange(job.Added.Select(row => (job, row.Row, row.ExternalId)));
        }

        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            await collections.Messages.InsertManyAsync(session, rows.Select(static row => row.Row), null, cancellationToken);
        }
        catch (MongoException exception) when (Failures.Duplicate(exception) is { } at)
        {
            throw new CommitTroubleException([rows[at].Job], Refused with { ExternalId = rows[at].ExternalId }, exception);
        }
    }

    private async Task UpdateMessages()
    {
        var changes = new List<(CommitJob Job, UpdateOneModel<BsonDocument> Model, string? ExternalId)>();
        foreach (var job in jobs)
        {
            changes.AddRange(job.Changed.Select(change => (job, change.Model, (string?)change.ExternalId)));
        }

        var expected = changes.Count;
        await UpdateMessages(changes, expected);

        // After the changes: what is changed and erased in one commit is gone.
        await Bulk(collections.Messages, jobs.SelectMany(static job => job.Erased));
    }

    private async Task UpdateMessages(List<(CommitJob Job, UpdateOneModel<BsonDocument> Model, string? ExternalId)> changes, int expected)
    {
        if (expected == 0)
        {
            return;
        }

        try
        {
            var result = await collections.Messages.BulkWriteAsync(session, changes.Select(static change => change.Model), InOrder, cancellationToken);
            if (result.MatchedCount == expected)
            {
                return;
            }
        }
        catch (MongoException exception) when (Failures.Duplicate(exception) is { } at)
        {
            throw new CommitTroubleException([changes[at].Job], Refused with { ExternalId = changes[at].ExternalId }, exception);
        }

        var suspects = changes.Select(static change => change.Job).Distinct().ToList();
        throw new CommitTroubleException(
            suspects, Refused with { ExternalId = suspects.Count == 1 ? await FindMissing(changes) : null });
    }

    /// <returns>The gateway id of the first change of which there is no message.</returns>
    private async Task<string?> FindMissing(List<(CommitJob Job, UpdateOneModel<BsonDocument> Model, string? ExternalId)> changes)
    {
        foreach (var change in changes)
        {
            if (!await collections.Messages.Find(session, change.Model.Filter).AnyAsync(cancellationToken))
            {
                return change.ExternalId;
            }
        }

        return null;
    }

    private async Task Count()
    {
        var counts = jobs.GroupBy(static job => job.TenantId, StringComparer.Ordinal)
            .Select(tenant => CountDocument.Add(
                tenant.Key, slot, tenant.Sum(static job => job.Visible), tenant.Sum(static job => job.Messages), tenant.Sum(static job => job.Sessions)))
            .OfType<UpdateOneModel<BsonDocument>>();
        await Bulk(collections.Counts, counts);
    }

    private async Task Unpark()
    {
        foreach (var tenant in jobs.Where(static job => job.Unparked.Length > 0).GroupBy(static job => job.TenantId, StringComparer.Ordinal))
        {
            await collections.Parked.DeleteManyAsync(
                session,
                new BsonDocument
                {
                    { Field.Id, new BsonDocument("$in", new BsonArray(tenant.SelectMany(static job => job.Unparked))) },
                    { Field.Tenant, tenant.Key },
                },
                null,
                cancellationToken);
        }
    }

    private async Task Insert(IMongoCollection<BsonDocument> collection, IEnumerable<BsonDocument> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            await collection.InsertManyAsync(session, all, null, cancellationToken);
        }
    }

    private async Task Bulk(IMongoCollection<BsonDocument> collection, IEnumerable<WriteModel<BsonDocument>> writes)
    {
        var all = writes.ToList();
        if (all.Count > 0)
        {
            await collection.BulkWriteAsync(session, all, InOrder, cancellationToken);
        }
    }
}
