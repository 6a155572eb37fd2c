using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.TestServers;

/// <summary>A replica set of servers of its own, for a test that takes them away. The binary is named by <c>PARLEY_TEST_MONGOD</c>.</summary>
public sealed class MongodSet : IAsyncDisposable
{
    public const string Variable = "PARLEY_TEST_MONGOD";
    internal const string Name = "parley";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private MongodSet(IReadOnlyList<Mongod> servers) => Servers = servers;

    public IReadOnlyList<Mongod> Servers { get; }

    /// <summary>All servers, without a database.</summary>
    public string Address => $"mongodb://{string.Join(',', Servers.Select(static server => server.Host))}/?replicaSet={Name}";

    /// <summary>Starts a set, or skips the test where there is no binary.</summary>
    public static async Task<MongodSet> Start(int servers)
    {
        var set = Launch(servers, Binary());
        await set.Initiate();
        await set.Primary();
        return set;
    }

    /// <summary>Processes that form no set yet.</summary>
    public static MongodSet Launch(int servers, string binary)
    {
        var set = new MongodSet([.. Enumerable.Range(0, servers).Select(_ => new Mongod(binary, Name))]);
        foreach (var server in set.Servers)
        {
            server.Start();
        }

        return set;
    }

    /// <summary>A database that nobody has used.</summary>
    public TestDatabase NewDatabase() => new(MongoServer.WithDatabase(Address, $"parley_test_{Guid.NewGuid():N}"));

    /// <summary>Waits until one is primary.</summary>
    /// <param name="other">It must be another than this one.</param>
    public async Task<Mongod> Primary(Mongod? other = null)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            foreach (var server in Servers.Where(server => server != other))
            {
                if (await IsPrimary(server))
                {
                    return server;
                }
            }

            Assert.True(DateTime.UtcNow < deadline, "The set found no primary.");
            await Task.Delay(100);
        }
    }

    /// <summary>Tells the primary to be none for a while.</summary>
    public async Task StepDown()
    {
        var primary = await Primary();
        try
        {
            await Run(primary, new BsonDocument { ["replSetStepDown"] = 20, ["secondaryCatchUpPeriodSecs"] = 10 });
        }
        catch (MongoConnectionException)
        {
            // It may close connections when it steps down.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Skips the test where there is no binary: the one place that decides that.</summary>
    internal static string Binary()
    {
        var binary = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(binary), $"No mongod to take away: {Variable} names no binary.");
        return binary!;
    }

    private static async Task<bool> IsPrimary(Mongod server)
    {
        try
        {
            return (await Run(server, new BsonDocument("hello", 1)))["isWritablePrimary"].AsBoolean;
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<BsonDocument> Run(Mongod server, BsonDocument command)
    {
        var settings = MongoClientSettings.FromConnectionString($"mongodb://{server.Host}/?directConnection=true");
        settings.ServerSelectionTimeout = settings.ConnectTimeout = TimeSpan.FromSeconds(2);
        using var client = new MongoClient(settings);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: patience.Token);
    }

    private async Task Initiate()
    {
        var members = Servers.Select(static (server, n) => new BsonDocument { ["_id"] = n, ["host"] = server.Host });
        var configuration = new BsonDocument
        {
            ["_id"] = Name,
            ["members"] = new BsonArray(members),
            ["settings"] = new BsonDocument("electionTimeoutMillis", 4_000),
        };
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                await Run(Servers[0], new BsonDocument("replSetInitiate", configuration));
                return;
            }
            catch (Exception e) when (e is TimeoutException or MongoConnectionException or MongoCommandException && DateTime.UtcNow < deadline)
            {
                // Not all of them listen yet.
                await Task.Delay(100);
            }
        }
    }
}
