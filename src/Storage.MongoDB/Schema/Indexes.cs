using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Schema;

/// <summary>The indexes of schema version 3. They lead with the tenant, or with an id that begins with it, but for those of the system's own walks
/// (the relay's shards, what is old) and of what comes without a tenant (secrets, instances' names).</summary>
/// <remarks>Partial ones keep tombstones and what lists do not show out; queries name them by hint, so that no plan can pass them by.</remarks>
internal static class Indexes
{
    public const string ConversationActive = "tenant_active";
    public const string ConversationUnread = "tenant_unread";
    public const string ConversationHidden = "tenant_hidden";
    public const string ConversationAddress = "tenant_address";
    public const string ConversationWord = "tenant_word";
    public const string MessageOfId = "tenant_id";
    public const string MessageOfKey = "tenant_key";
    public const string MessageOfConversationTime = "conversation_time";
    public const string MessageTime = "tenant_time";
    public const string MessageUpdated = "tenant_updated";
    public const string MessageMedia = "tenant_media";
    public const string LidPhone = "tenant_phone";
    public const string ParkedHash = "tenant_hash";
    public const string ParkedTarget = "tenant_target";
    public const string ParkedSession = "tenant_session";
    public const string ParkedTime = "parked";
    public const string WorkDue = "tenant_due";
    public const string SessionName = "tenant_name";
    public const string SessionInstance = "tenant_instance";
    public const string SessionOwner = "owner";
    public const string SendSession = "tenant_session";
    public const string SendLine = "tenant_line";
    public const string SendLeaving = "leaving";
    public const string EchoOfHash = "tenant_hash";
    public const string EchoLine = "tenant_line";
    public const string EchoParked = "parked";
    public const string IdempotencyBegun = "begun";
    public const string UploadExpires = "expires";
    public const string GatewayToken = "token";
    public const string DirectoryWord = "tenant_word";
    public const string TenantSecret = "secret";
    public const string QuarantineId = "tenant_id";
    public const string QuarantineCode = "tenant_code";
    public const string QuarantineHash = "tenant_hash";
    public const string QuarantineReceived = "received";
    public const string OutboxSubject = "shard_subject";
    public const string EventRunning = "shard_running";
    public const string EndpointLive = "live";
    public const string DeliveryStatus = "endpoint_status";
    public const string DeliveryCreated = "status_created";
    public const string MediaName = "tenant_sha256";
    public const string MediaAge = "age";
    public const string PayloadState = "state";
    public const string MediaChunk = "files_id_1_n_1";

    private const string Descending = "-";

    public static IEnumerable<(IMongoCollection<BsonDocument> Collection, CreateIndexModel<BsonDocument>[] Indexes)> Of(Collections c)
    {
        yield return (c.Conversations,
        [
            Index(ConversationActive, [Field.Tenant, Field.Active, Field.Name], where: Field.Active),
            Index(ConversationUnread, [Field.Tenant, Field.Active, Field.Name], where: Field.Unread),
            Index(ConversationHidden, [Field.Tenant, Field.Name], where: Field.Hidden),
            Index(ConversationAddress, [Field.Tenant, Field.Addresses]),
            Index(ConversationWord, [Field.Tenant, Field.Words]),
        ]);
        yield return (c.Messages,
        [
            Index(MessageOfId, [Field.Tenant, Field.MessageId], unique: true),
            Index(MessageOfKey, [Field.Tenant, Field.Key, Field.IdConversation], unique: true),
            Index(MessageOfConversationTime, [Field.IdConversation, Field.Timestamp, Field.IdNumber], where: Field.Body),
            Index(MessageTime, [Field.Tenant, Field.Timestamp, Field.MessageId], where: Field.Body),
            Index(MessageUpdated, [Field.Tenant, Field.Updated, Field.MessageId], where: Field.Body),
            Index(MessageMedia, [Field.Tenant, Field.Media], where: Field.Media),
        ]);
        yield return (c.Lids, [Index(LidPhone, [Field.Tenant, Field.Canonical])]);
        yield return (c.Parked,
        [
            Index(ParkedHash, [Field.Tenant, Field.Hash], unique: true),
            Index(ParkedTarget, [Field.Tenant, Field.Target]),
            Index(ParkedSession, [Field.Tenant, Field.Session, Field.Id]),
            Index(ParkedTime, [Field.Parked]),
        ]);
        yield return (c.Work, [Index(WorkDue, [Field.Tenant, Field.Due, Field.Token])]);
        yield return (c.Sessions,
        [
            Index(SessionName, [Field.Tenant, Field.Name], unique: true),
            Index(SessionInstance, [Field.Tenant, Field.Instance]),
            Index(SessionOwner, [Field.Instance, Field.Status, Descending + Field.Created]),
        ]);
        yield return (c.Sends,
        [
            Index(SendSession, [Field.Tenant, Field.Session, Field.Id]),
            Index(SendLine, [Field.Tenant, Field.Line, Field.Id], where: Field.Leaving),
            Index(SendLeaving, [Field.Leaving], where: Field.Leaving),
        ]);
        yield return (c.Echoes,
        [
            Index(EchoOfHash, [Field.Tenant, Field.Hash], unique: true),
            Index(EchoLine, [Field.Tenant, Field.Line, Field.Id]),
            Index(EchoParked, [Field.Parked, Field.Tenant, Field.Line]),
        ]);
        yield return (c.Idempotency, [Index(IdempotencyBegun, [Field.Begun])]);
        yield return (c.Uploads, [Index(UploadExpires, [Field.Expires])]);
        yield return (c.Gateways, [Index(GatewayToken, [Field.Token], unique: true)]);
        yield return (c.Directory, [Index(DirectoryWord, [Field.Tenant, Field.Words])]);
        yield return (c.Tenants, [Index(TenantSecret, [Field.Credentials + "." + Field.Sha256], unique: true, where: Field.Credentials + "." + Field.Sha256)]);
        yield return (c.Quarantine,
        [
            Index(QuarantineId, [Field.Tenant, Field.MessageId], unique: true),
            Index(QuarantineCode, [Field.Tenant, Field.Code, Field.MessageId]),
            Index(QuarantineHash, [Field.Tenant, Field.Hash], unique: true),
            Index(QuarantineReceived, [Field.Received]),
        ]);
        yield return (c.Outbox, [Index(OutboxSubject, [Field.IdShard, Field.Key, Field.Number])]);
        yield return (c.Events, [Index(EventRunning, [Field.Shard, Field.Running], unique: true)]);
        yield return (c.Endpoints, [Index(EndpointLive, [Field.Live], where: Field.Live)]);
        yield return (c.Deliveries,
        [
            Index(DeliveryStatus, [Field.IdOwner, Field.IdEndpoint, Field.Status, Field.IdDelivery]),
            Index(DeliveryCreated, [Field.Status, Field.Created]),
        ]);
        yield return (c.MediaFiles,
        [
            Index(MediaName, [MediaDocument.Tenant, MediaDocument.Sha256], unique: true, where: MediaDocument.Sha256),
            Index(MediaAge, [MediaDocument.Updated]),
        ]);
        yield return (c.MediaChunks, [Index(MediaChunk, [MediaDocument.ChunkFile, MediaDocument.ChunkNumber], unique: true)]);
        yield return (c.QuarantineFiles, [Index(PayloadState, [MediaDocument.State, MediaDocument.Updated])]);
        yield return (c.QuarantineChunks, [Index(MediaChunk, [MediaDocument.ChunkFile, MediaDocument.ChunkNumber], unique: true)]);
    }

    private static CreateIndexModel<BsonDocument> Index(string name, string[] fields, bool unique = false, string? where = null)
    {
        var options = new CreateIndexOptions<BsonDocument> { Name = name };
        if (unique)
        {
            options.Unique = true;
        }

        if (where is not null)
        {
            options.PartialFilterExpression = new BsonDocument(where, new BsonDocument("$exists", true));
        }

        var keys = fields.Select(static field =>
            field.StartsWith(Descending, StringComparison.Ordinal) ? new BsonElement(field[1..], -1) : new BsonElement(field, 1));
        return new CreateIndexModel<BsonDocument>(new BsonDocument(keys), options);
    }
}
