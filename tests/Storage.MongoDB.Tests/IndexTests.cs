using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Webhooks;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Indexes lead with the tenant: what a tenant has lies together, and nobody else's rows are passed on the way to it.</summary>
public sealed class IndexTests : IAsyncLifetime
{
    private const string Tenant = "acme";
    private const string PrimaryKey = "_id_";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Fields that are the tenant, or begin with it: a conversation is named by its tenant and its id.</summary>
    private static readonly HashSet<string> Leading = [Field.Tenant, Field.IdOwner, Field.IdConversation, MediaDocument.Tenant];

    /// <summary>Whose rows have ids that begin with the tenant.</summary>
    private static readonly string[] WithIdOfTenant =
    [
        "conversations", "messages", "pairs", "lids", "work", "sends", "idempotency", "uploads", "sessions", "sessions_seen", "transitions",
        "directory", "tenants", "counts", "events", "positions", "endpoints", "deliveries",
    ];

    private static readonly HashSet<string> Others =
    [
        // Numbers that the store gives: parked changes and echoes are read by the other indexes, these are the order in which they came.
        "parked/" + PrimaryKey, "echoes/" + PrimaryKey,

        // The relay's walk: it takes the events of all tenants of a shard.
        "outbox/" + PrimaryKey, "outbox/" + Indexes.OutboxSubject, "shards/" + PrimaryKey, "events/" + Indexes.EventRunning,

        // What comes with a secret, or the name of an instance, before it is known of which tenant it is.
        "tenants/" + Indexes.TenantSecret, "gateways/" + Indexes.GatewayToken, "sessions/" + Indexes.SessionOwner,

        // What is old, of all tenants: the sweeps'.
        "parked/" + Indexes.ParkedTime, "idempotency/" + Indexes.IdempotencyBegun, "uploads/" + Indexes.UploadExpires,
        "quarantine/" + Indexes.QuarantineReceived, "deliveries/" + Indexes.DeliveryCreated, "media.files/" + Indexes.MediaAge,
        "quarantine.files/" + Indexes.PayloadState, "sends/" + Indexes.SendLeaving, "echoes/" + Indexes.EchoParked,

        // The clock's walk over all endpoints that are posted to; the id once more, so it begins with their owner.
        "endpoints/" + Indexes.EndpointLive,

        // GridFS, as its specification has it: files are found by tenant and hash, their chunks by the file.
        "media.files/" + PrimaryKey, "media.chunks/" + PrimaryKey, "media.chunks/" + Indexes.MediaChunk,
        "quarantine.files/" + PrimaryKey, "quarantine.chunks/" + PrimaryKey, "quarantine.chunks/" + Indexes.MediaChunk,

        // A payload in quarantine is found by its tenant and its own id, which is not this one.
        "quarantine/" + PrimaryKey,

        // Of the installation, and no tenant's.
        "gateways/" + PrimaryKey, "places/" + PrimaryKey, "sequences/" + PrimaryKey, "keys/" + PrimaryKey, "schema/" + PrimaryKey,
    ];

    private string _url = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMongoDatabase Database => _services.GetRequiredService<MongoDatabase>().Collections.Database;

    public async ValueTask InitializeAsync()
    {
        _url = await Databases.Take();
        _services = await MongoFixture.Services(new MongoOptions { ConnectionString = _url });
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Databases.GiveBack(_url);
    }

    [Fact]
    public async Task Every_index_leads_with_the_tenant_but_for_those_that_are_named_here()
    {
        var led = WithIdOfTenant.Select(static name => $"{name}/{PrimaryKey}").ToHashSet(StringComparer.Ordinal);
        var others = new List<string>();
        var names = await (await Database.ListCollectionNamesAsync(null, Token)).ToListAsync(Token);
        foreach (var name in names.Where(static name => !name.StartsWith("system.", StringComparison.Ordinal)))
        {
            foreach (var index in await (await Database.GetCollection<BsonDocument>(name).Indexes.ListAsync(Token)).ToListAsync(Token))
            {
                var path = $"{name}/{index["name"]}";
                if (!led.Remove(path) && !Leading.Contains(index["key"].AsBsonDocument.GetElement(0).Name))
                {
                    others.Add(path);
                }
            }
        }

        Assert.Equal(Others.Order(StringComparer.Ordinal), others.Order(StringComparer.Ordinal));
        Assert.Empty(led);
    }

    [Fact]
    public async Task Ids_that_are_told_to_begin_with_the_tenant_do()
    {
        await KeepSomething();
        foreach (var name in WithIdOfTenant)
        {
            var rows = await Database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).ToListAsync(Token);
            Assert.True(rows.Count > 0, $"Nothing is in {name}.");
            Assert.All(rows, row => Assert.True(IsOfTenant(row[Field.Id]), $"{name}: {row[Field.Id]}"));
        }
    }

    private static bool IsOfTenant(BsonValue id)
    {
        var text = (id.IsBsonDocument ? id.AsBsonDocument.GetElement(0).Value : id).AsString;
        return text == Tenant || text.StartsWith(Tenant + "/", StringComparison.Ordinal);
    }

    /// <summary>Something of each kind.</summary>
    private async Task KeepSomething()
    {
        var talk = new Talk(Tenant, 1, TimeProvider.System);
        await Get<IConversationStore>().Commit(talk.Say(), Token);
        var send = new QueuedSend("shop", Guid.CreateVersion7(), talk.Id, 1, talk.Head.Line, SendState.Queued, "f", Now, Now);
        await Get<IConversationStore>().Commit(talk.Set(static head => head) with { Queued = [send] }, Token);
        await Get<ISessionStore>().Commit(
            new SessionCommit
            {
                TenantId = Tenant,
                Session = new Session { SessionId = "shop", Version = 1, InstanceName = "i", Status = SessionStatus.Open, CreatedAt = Now, UpdatedAt = Now },
                Transitions = [new SessionTransition(1, SessionStatus.Close, SessionStatus.Open, null, true, Now)],
            },
            Token);
        await Get<ISessionStore>().Touch(Tenant, "shop", Now, Token);
        await Get<IAddressBook>().Learn(
            Tenant, [new LidPair(Address.Parse("100000000000011@lid"), Address.Parse("5511987650001"))], Now, Token);
        await Get<IWorkList>().Leave(Tenant, [new Erase("x")], Now, Token);
        await Get<IDirectory>().Put(Tenant, [new DirectoryEntry(Address.Parse("5511987650001"), "Ana", null, Now)], Token);
        await Get<IIdempotencyStore>().BeginKey(Tenant, new IdempotencyRow("r", "k", [1], talk.Id, Guid.CreateVersion7(), Now, Now), Token);
        await Get<IUploadStore>().AddUpload(Tenant, new Upload("m", Samples.Sha256, "image/jpeg", null, 1, Now), Token);
        await Get<ITenantStore>().Create(
            new Tenant(Tenant, "Acme", Now),
            new Credential("key", Tenant, CredentialKind.ApiKey, [1], "hint", Now),
            new Credential("token", Tenant, CredentialKind.WebhookToken, [2], "hint", Now),
            Token);
        var endpoint = new WebhookEndpoint
        {
            OwnerId = Tenant,
            EndpointId = "ep_1",
            Version = 1,
            Url = "https://receiver.example/",
            Secrets = [new EndpointSecret("secret")],
            CreatedAt = Now,
            UpdatedAt = Now,
            Place = new DeliveryPlace { Done = [0] },
        };
        await Get<IWebhookEndpointStore>().CreateEndpoint(endpoint, 1, Token);
        var delivery = new Delivery
        {
            DeliveryId = Guid.CreateVersion7(),
            OwnerId = Tenant,
            EndpointId = endpoint.EndpointId,
            TenantId = Tenant,
            Position = 1,
            EventId = "e",
            Type = Domain.Events.EventType.MessageCreated,
            Status = DeliveryStatus.Pending,
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        await Get<IWebhookEndpointStore>().UpdateEndpoint(endpoint with { Version = 2 }, [delivery], null, Token);
        Assert.Equal(1, await Get<IEventRelay>().Relay(ShardOf.Tenant(Tenant), 10, Token));
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
