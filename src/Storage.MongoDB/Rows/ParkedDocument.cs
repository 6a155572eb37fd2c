using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of parked changes.</summary>
internal static class ParkedDocument
{
    public static BsonDocument Of(string tenantId, string sessionId, MessageChange change, DateTimeOffset now)
    {
        // The type is named, so that the kind is written and the change can be read again.
        var body = StoreJson.Text<MessageChange>(change);
        return new BsonDocument
        {
            { Field.Tenant, tenantId },
            { Field.Session, sessionId },
            { Field.Target, change.TargetId },
            { Field.Hash, Values.Of(SHA256.HashData(Encoding.UTF8.GetBytes($"{sessionId}\0{body}"))[..ExternalKey.Length]) },
            { Field.Parked, Values.Milliseconds(now) },
            { Field.Body, body },
        };
    }

    public static ParkedChange Read(BsonDocument row) => new(
        row.Int64(Field.Id), row.Text(Field.Tenant), row.Text(Field.Session), StoreJson.Read<MessageChange>(row.Text(Field.Body)));

    /// <summary>What names a row in the log.</summary>
    public static string Name(BsonDocument row) => row[Field.Id].ToString()!;
}
