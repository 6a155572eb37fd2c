using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB;

/// <summary>Payloads that wait for a fix.</summary>
internal sealed class Quarantine(MongoDatabase database) : IQuarantine
{
    private const int BatchRows = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly BsonDocument WithoutPayload = new(Field.Payload, 0);

    private readonly Collections _collections = database.Collections;

    public Task<Guid> Add(QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        var hash = Values.Of(SHA256.HashData([.. Encoding.UTF8.GetBytes(payload.Code), 0, .. payload.Payload.Span])[..ExternalKey.Length]);
        return database.Calls.Write(token => Add(payload, hash, token), cancellationToken);
    }

    public Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => Keyset.Read((from, backwards) => Scan(session, tenantId, code, since, from, backwards, token), page, null),
            cancellationToken);

    public Task<QuarantinedPayload?> ReadQuarantined(string tenantId, Guid id, CancellationToken cancellationToken) => database.Calls.Read(
        async token =>
        {
            var row = await _collections.Quarantine.Find(ById(tenantId, id)).FirstOrDefaultAsync(token);
            return row is null ? null : Read(row) with { Payload = row[Field.Payload].AsByteArray };
        },
        cancellationToken);

    public Task RemoveQuarantined(string tenantId, Guid id, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Quarantine.DeleteOneAsync(ById(tenantId, id), token), cancellationToken);

    public Task<int> ExpireQuarantined(DateTimeOffset before, CancellationToken cancellationToken) => Batches.Delete(
        database.Calls,
        _collections.Quarantine,
        new BsonDocument(Field.Received, new BsonDocument("$lt", Values.Ticks(before))),
        BatchRows,
        cancellationToken);

    private static BsonDocument ById(string tenantId, Guid id) => new() { { Field.Tenant, tenantId }, { Field.MessageId, Values.Of(id) } };

    private async Task<Guid> Add(QuarantinedPayload payload, BsonValue hash, CancellationToken cancellationToken)
    {
        while (true)
        {
            var same = await _collections.Quarantine
                .Find(new BsonDocument { { Field.Tenant, payload.TenantId }, { Field.Hash, hash } })
                .Project(new BsonDocument(Field.MessageId, 1))
                .FirstOrDefaultAsync(cancellationToken);
            if (same is not null)
            {
                return same.Guid(Field.MessageId);
            }

            try
            {
                await _collections.Quarantine.InsertOneAsync(Write(payload, hash), null, cancellationToken);
                return payload.Id;
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                // Another is just writing the same: its id counts once it is durable.
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private static BsonDocument Write(QuarantinedPayload payload, BsonValue hash) => new()
    {
        { Field.Tenant, payload.TenantId },
        { Field.MessageId, Values.Of(payload.Id) },
        { Field.Code, payload.Code },
        { Field.Detail, payload.Detail },
        { Field.Instance, Values.Of(payload.Instance) },
        { Field.Event, Values.Of(payload.Event) },
        { Field.Received, Values.Ticks(payload.ReceivedAt) },
        { Field.Size, new BsonInt64(payload.Size) },
        { Field.Hash, hash },
        { Field.Payload, Values.Of(payload.Payload.ToArray()) },
    };

    private async IAsyncEnumerable<(SortKey Key, QuarantinedPayload? Row)> Scan(
        IClientSessionHandle session,
        string tenantId,
        string? code,
        DateTimeOffset? since,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = new BsonDocument(Field.Tenant, tenantId);
        if (code is not null)
        {
            place.Add(Field.Code, code);
        }

        if (from is not null && Guid.TryParse(from.Tie, out var id))
        {
            place.Add(Field.MessageId, new BsonDocument(backwards ? "$gt" : "$lt", Values.Of(id)));
        }

        var (hint, sort) = code is null
            ? (Indexes.QuarantineId, Scans.Sort(!backwards, Field.Tenant, Field.MessageId))
            : (Indexes.QuarantineCode, Scans.Sort(!backwards, Field.Tenant, Field.Code, Field.MessageId));
        await foreach (var batch in Scans.Batches(_collections.Quarantine, session, place, sort, hint, WithoutPayload, cancellationToken))
        {
            foreach (var row in batch)
            {
                var payload = Read(row);
                yield return (SortKeys.OfId(payload.Id), payload.ReceivedAt < since ? null : payload);
            }
        }
    }

    private static QuarantinedPayload Read(BsonDocument row) => new(
        row.Guid(Field.MessageId),
        row.Text(Field.Tenant),
        row.Text(Field.Code),
        row.Text(Field.Detail),
        row.MaybeText(Field.Instance),
        row.MaybeText(Field.Event),
        row.Time(Field.Received),
        row.Int64(Field.Size),
        ReadOnlyMemory<byte>.Empty);
}
