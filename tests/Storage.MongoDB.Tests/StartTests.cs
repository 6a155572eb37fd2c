using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>What stands in the way of a start is told so that a person can act on it; what passes is waited for.</summary>
public sealed class StartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost:27017")]
    [InlineData("mongodb://")]
    [InlineData("mongodb://a?w=x&journal=perhaps")]
    public async Task A_connection_string_that_cannot_be_read_is_told(string text)
    {
        await using var services = Services(text);
        var failure = Assert.Throws<StorageStartException>(() => services.GetRequiredService<MongoDatabase>());
        Assert.Contains("ConnectionStrings:MongoDB cannot be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_told()
    {
        var url = await Databases.Take();
        await using (await MongoFixture.Services(new MongoOptions { ConnectionString = url }))
        {
        }

        using var client = new MongoClient(url);
        var schema = client.GetDatabase(new MongoUrl(url).DatabaseName).GetCollection<BsonDocument>("schema");
        await schema.UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("version", 99)), cancellationToken: Token);
        await using var services = Services(url);
        var failure = await Assert.ThrowsAsync<StorageStartException>(() => services.GetRequiredService<MongoDatabase>().Prepare(Token));
        Assert.Contains("schema version 99", failure.Message, StringComparison.Ordinal);
        await Databases.GiveBack(url);
    }

    [Fact]
    public async Task A_user_that_the_server_does_not_know_is_told()
    {
        var url = new MongoUrlBuilder(await Databases.Take()) { Username = "nobody", Password = "wrong", AuthenticationSource = "admin" }.ToString();
        await using var services = Services(url);
        var failure = await Assert.ThrowsAsync<StorageStartException>(() => services.GetRequiredService<MongoDatabase>().Prepare(Token));
        Assert.Contains("user or password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>However it is named: a driver that is told of a set waits for one for ever.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("?directConnection=true")]
    [InlineData("?replicaSet=rs0")]
    public async Task A_standalone_server_is_told(string options)
    {
        await using var server = Mongod.StartStandalone();
        await using var services = Services($"mongodb://{server.Host}/parley{options}");

        // It may not listen yet.
        var failure = await Assert.ThrowsAsync<StorageStartException>(
            () => services.GetRequiredService<MongoDatabase>().Prepare(Token).WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Contains(server.Host, failure.Message, StringComparison.Ordinal);
        Assert.Contains("is a standalone server", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--replSet", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_set_of_another_name_is_told()
    {
        var url = new MongoUrlBuilder(await Databases.Take()) { ReplicaSetName = "another" }.ToString();
        await using var services = Services(url);
        var failure = await Assert.ThrowsAsync<StorageStartException>(
            () => services.GetRequiredService<MongoDatabase>().Prepare(Token).WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Contains("not to 'another'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for()
    {
        var url = await Databases.Take();
        await using var proxy = MongoProxy.Before(url);
        proxy.GoDown();
        var log = new LogLines();
        await using var services = Services(proxy.Url, log);
        var prepared = services.GetRequiredService<MongoDatabase>().Prepare(Token);
        await log.Waiting.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.False(prepared.IsCompleted);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => services.GetRequiredService<ITenantStore>().ReadTenant("acme", Token));

        proxy.Heal();
        await prepared.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Null(await services.GetRequiredService<ITenantStore>().ReadTenant("acme", Token));
        await services.DisposeAsync();
        await Databases.GiveBack(url);
    }

    [Fact]
    public async Task Many_nodes_may_start_at_once_on_an_empty_server()
    {
        var url = await MongoServer.FreshDatabase("parley_start");
        try
        {
            var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => MongoFixture.Services(new MongoOptions { ConnectionString = url })));
            foreach (var node in nodes)
            {
                Assert.Null(await node.GetRequiredService<ITenantStore>().ReadTenant("acme", Token));
                await node.DisposeAsync();
            }
        }
        finally
        {
            await MongoServer.Drop(url);
        }
    }

    [Fact]
    public async Task A_database_of_version_1_gets_what_has_come_since_and_keeps_what_is_in_it()
    {
        var url = await MongoServer.FreshDatabase("parley_start");
        try
        {
            await using (var before = await MongoFixture.Services(new MongoOptions { ConnectionString = url }))
            {
                await MakeVersion1(before.GetRequiredService<MongoDatabase>().Collections);
            }

            await using var now = await MongoFixture.Services(new MongoOptions { ConnectionString = url });
            var schema = await now.GetRequiredService<MongoDatabase>().Collections.Schema.Find(new BsonDocument(Field.Id, "schema")).SingleAsync(Token);
            Assert.Equal(Start.Version, schema[Field.Version].ToInt32());
            var key = await now.GetRequiredService<ITenantStore>().FindCredential(CredentialKind.ApiKey, [1], Token);
            Assert.Equal(("key", null, null, KeyScopes.All), (key!.CredentialId, key.SessionId, key.HeaderSha256, key.Scopes));

            // Each of these names its index.
            var sends = now.GetRequiredService<ISendQueue>();
            Assert.Empty(await sends.ListSends("acme", "shop-1", null, 5, Token));
            Assert.Empty(await sends.ListLeaving("acme", Address.Parse("5511900000000"), Token));
            Assert.Empty(await sends.ListLeaving(DateTimeOffset.MaxValue, 5, Token));
            Assert.Empty(await sends.ListEchoes("acme", Address.Parse("5511900000000"), 5, Token));
            Assert.Empty(await sends.LinesWithEchoes(DateTimeOffset.MaxValue, 5, Token));
            Assert.Empty(await now.GetRequiredService<ISessionStore>().FindOwners("i", Token));
            Assert.Null(await now.GetRequiredService<IGatewayStore>().FindGatewayByToken([1], Token));
        }
        finally
        {
            await MongoServer.Drop(url);
        }
    }

    [Fact]
    public async Task The_database_is_named_by_the_connection_string()
    {
        var url = await MongoServer.Required();
        await using var services = Services(url);
        Assert.Equal("parley", services.GetRequiredService<MongoDatabase>().Collections.Database.DatabaseNamespace.DatabaseName);
        await using var named = Services(MongoServer.WithDatabase(url, "other"));
        Assert.Equal("other", named.GetRequiredService<MongoDatabase>().Collections.Database.DatabaseNamespace.DatabaseName);
    }

    private static async Task MakeVersion1(Collections collections)
    {
        foreach (var name in new[] { "sends", "echoes", "idempotency", "uploads", "gateways" })
        {
            await collections.Database.DropCollectionAsync(name, Token);
        }

        await collections.Sessions.Indexes.DropOneAsync(Indexes.SessionOwner, Token);
        await collections.Schema.UpdateOneAsync(
            new BsonDocument(Field.Id, "schema"), new BsonDocument("$set", new BsonDocument(Field.Version, 1)), cancellationToken: Token);
        var tenant = TenantDocument.Of(
            new Tenant("acme", "Acme", DateTimeOffset.UnixEpoch), new Credential("key", "acme", CredentialKind.ApiKey, [1], "hint", DateTimeOffset.UnixEpoch));
        tenant[Field.Credentials][0].AsBsonDocument.Remove(Field.Scopes);
        await collections.Tenants.InsertOneAsync(tenant, null, Token);
    }

    private static ServiceProvider Services(string url, ILogger<MongoDatabase>? log = null)
    {
        var services = new ServiceCollection().AddMongoStorage(new MongoOptions { ConnectionString = url });
        if (log is not null)
        {
            services.AddSingleton(log);
        }

        return services.BuildServiceProvider();
    }

    /// <summary>Notes that the store said that it waits.</summary>
    private sealed class LogLines : ILogger<MongoDatabase>
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith("Waiting for MongoDB", StringComparison.Ordinal))
            {
                _waiting.TrySetResult();
            }
        }
    }
}
