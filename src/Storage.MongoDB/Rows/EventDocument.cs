using System.Text;
using MongoDB.Bson;
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

    /// <remarks>By its tenant and its numbers it was found; all else may be missing.</remarks>
    public static LoggedEvent Read(BsonDocument row)
    {
        var loggedAt = EventRow.Time(row.MaybeInt64(Field.Logged) ?? 0);
        return new LoggedEvent(
            row[Field.Id].AsBsonDocument.Text(Field.IdTenant),
            row[Field.Id].AsBsonDocument[Field.Number].ToInt64(),
            row[Field.Running].ToInt64(),
            row.MaybeText(Field.Subject) ?? "",
            EventRow.Read(Encoding.UTF8.GetBytes(row.MaybeText(Field.Body) ?? ""), loggedAt),
            loggedAt);
    }
}
