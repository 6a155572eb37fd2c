using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
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
    public async Task The_database_is_named_by_the_connection_string()
    {
        var url = await MongoServer.Required();
        await using var services = Services(url);
        Assert.Equal("parley", services.GetRequiredService<MongoDatabase>().Collections.Database.DatabaseNamespace.DatabaseName);
        await using var named = Services(MongoServer.WithDatabase(url, "other"));
        Assert.Equal("other", named.GetRequiredService<MongoDatabase>().Collections.Database.DatabaseNamespace.DatabaseName);
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
