using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Schema;

/// <summary>The collections of the store. Every read is of what a majority has, every write waits for a majority's journal.</summary>
internal sealed class Collections(IMongoDatabase database)
{
    public IMongoCollection<BsonDocument> Conversations { get; } = database.GetCollection<BsonDocument>("conversations");

    public IMongoCollection<BsonDocument> Messages { get; } = database.GetCollection<BsonDocument>("messages");

    /// <summary>Two rows for each pair of addresses that leads to a conversation, one under each of its parties.</summary>
    public IMongoCollection<BsonDocument> Pairs { get; } = database.GetCollection<BsonDocument>("pairs");

    public IMongoCollection<BsonDocument> Lids { get; } = database.GetCollection<BsonDocument>("lids");

    public IMongoCollection<BsonDocument> Parked { get; } = database.GetCollection<BsonDocument>("parked");

    public IMongoCollection<BsonDocument> Work { get; } = database.GetCollection<BsonDocument>("work");

    /// <summary>The queues of sends: queued and leaving.</summary>
    public IMongoCollection<BsonDocument> Sends { get; } = database.GetCollection<BsonDocument>("sends");

    /// <summary>What may be the echoes of leaving sends.</summary>
    public IMongoCollection<BsonDocument> Echoes { get; } = database.GetCollection<BsonDocument>("echoes");

    /// <summary>Idempotency keys.</summary>
    public IMongoCollection<BsonDocument> Idempotency { get; } = database.GetCollection<BsonDocument>("idempotency");

    public IMongoCollection<BsonDocument> Uploads { get; } = database.GetCollection<BsonDocument>("uploads");

    public IMongoCollection<BsonDocument> Gateways { get; } = database.GetCollection<BsonDocument>("gateways");

    public IMongoCollection<BsonDocument> Sessions { get; } = database.GetCollection<BsonDocument>("sessions");

    /// <summary>What changes all the time and decides nothing.</summary>
    public IMongoCollection<BsonDocument> SessionsSeen { get; } = database.GetCollection<BsonDocument>("sessions_seen");

    public IMongoCollection<BsonDocument> Transitions { get; } = database.GetCollection<BsonDocument>("transitions");

    public IMongoCollection<BsonDocument> Directory { get; } = database.GetCollection<BsonDocument>("directory");

    public IMongoCollection<BsonDocument> Tenants { get; } = database.GetCollection<BsonDocument>("tenants");

    public IMongoCollection<BsonDocument> Quarantine { get; } = database.GetCollection<BsonDocument>("quarantine");

    /// <summary>What is counted of a tenant, in several slots that are added up.</summary>
    public IMongoCollection<BsonDocument> Counts { get; } = database.GetCollection<BsonDocument>("counts");

    /// <summary>Events that commits left and the relay has not numbered yet.</summary>
    public IMongoCollection<BsonDocument> Outbox { get; } = database.GetCollection<BsonDocument>("outbox");

    public IMongoCollection<BsonDocument> Events { get; } = database.GetCollection<BsonDocument>("events");

    /// <summary>The last running number of each shard of the log: what the relay's compare-and-swap is about.</summary>
    public IMongoCollection<BsonDocument> Shards { get; } = database.GetCollection<BsonDocument>("shards");

    /// <summary>The last position of each tenant's log.</summary>
    public IMongoCollection<BsonDocument> Positions { get; } = database.GetCollection<BsonDocument>("positions");

    /// <summary>Where events are posted to, and how far each has come.</summary>
    public IMongoCollection<BsonDocument> Endpoints { get; } = database.GetCollection<BsonDocument>("endpoints");

    public IMongoCollection<BsonDocument> Deliveries { get; } = database.GetCollection<BsonDocument>("deliveries");

    /// <summary>How far readers of logs have come.</summary>
    public IMongoCollection<BsonDocument> Places { get; } = database.GetCollection<BsonDocument>("places");

    /// <summary>Numbers that are given once.</summary>
    public IMongoCollection<BsonDocument> Sequences { get; } = database.GetCollection<BsonDocument>("sequences");

    /// <summary>The key ring of data protection.</summary>
    public IMongoCollection<BsonDocument> Keys { get; } = database.GetCollection<BsonDocument>("keys");

    public IMongoCollection<BsonDocument> Schema { get; } = database.GetCollection<BsonDocument>("schema");

    public IMongoCollection<BsonDocument> MediaFiles { get; } = database.GetCollection<BsonDocument>("media.files");

    public IMongoCollection<BsonDocument> MediaChunks { get; } = database.GetCollection<BsonDocument>("media.chunks");

    /// <summary>Payloads of the quarantine that are too large for their row.</summary>
    public IMongoCollection<BsonDocument> QuarantineFiles { get; } = database.GetCollection<BsonDocument>("quarantine.files");

    public IMongoCollection<BsonDocument> QuarantineChunks { get; } = database.GetCollection<BsonDocument>("quarantine.chunks");

    public IMongoDatabase Database => database;
}
