using MongoDB.Bson;
using Parley.Domain.Events;
using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of the log: the id is { t: tenant, n: position }; beside it the shard and the running number in it.</summary>
internal static class EventDocument
{
    public static BsonDocument Id(string tenantId, long position) => new()
    {
        { Field.IdTenant, tenantId }, { Field.Number, new BsonInt64(position) },
    };

    public static BsonDocument Of(string tenantId, long position, int shard, long running, long nowMs, string subject, BsonValue facts) => new()
    {
        { Field.Id, Id(tenantId, position) },
        { Field.Shard, shard },
        { Field.Running, new BsonInt64(running) },
        { Field.Logged, new BsonInt64(nowMs) },
        { Field.Subject, subject },
        { Field.Body, facts },
    };

    public static LoggedEvent Read(BsonDocument row) => new(
        row[Field.Id].AsBsonDocument.Text(Field.IdTenant),
        row[Field.Id].AsBsonDocument[Field.Number].AsInt64,
        row.Int64(Field.Running),
        row.Text(Field.Subject),
        StoreJson.Read<EventFacts>(row.Text(Field.Body)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(Field.Logged)));
}
