using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.TestServers;

namespace Parley.BlackBox;

/// <summary>Nodes as processes of their own, on one database.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly List<ParleyProcess> _nodes = [];

    public TestCluster(TestDatabase database) => _database = database;

    public string ConnectionString => _database.ConnectionString;

    public string ClusterId { get; } = $"test-{Guid.NewGuid():N}";

    /// <summary>A cluster on the tests' MongoDB.</summary>
    public static async Task<TestCluster> New() => new(await TestDatabase.New());

    /// <summary>Starts nodes, all at once, and waits until they are ready.</summary>
    public async Task<IReadOnlyList<ParleyProcess>> StartAll(params string[] roles)
    {
        var nodes = roles.Select(role => Launch(role)).ToList();
        await Task.WhenAll(nodes.Select(Ready));
        return nodes;
    }

    /// <summary>Starts one node and waits until it is ready.</summary>
    public async Task<ParleyProcess> Start(string role, params string[] arguments)
    {
        var node = Launch(role, arguments);
        await Ready(node);
        return node;
    }

    /// <summary>Starts one node and does not wait.</summary>
    public ParleyProcess Launch(string role, params string[] arguments)
    {
        // Of two values the last one counts.
        var node = ParleyProcess.Launch([.. Arguments(role), .. arguments]);
        _nodes.Add(node);
        return node;
    }

    public string[] Arguments(string role) =>
    [
        "--role", role,
        "--ConnectionStrings:MongoDB", ConnectionString,
        "--Parley:ClusterId", ClusterId,
        "--Orleans:AdvertisedIP", "127.0.0.1",
        "--Orleans:SiloPort", FreePorts.Next().ToString(CultureInfo.InvariantCulture),
        "--Orleans:GatewayPort", FreePorts.Next().ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>The statuses of all silos that the membership knows.</summary>
    public async Task<IReadOnlyList<string>> Statuses()
    {
        // As it is kept: what a program would read that shows the cluster.
        var found = await _database.Database.GetCollection<BsonDocument>("membership").Find(new BsonDocument("_id", ClusterId)).SingleAsync();
        return [.. found["members"].AsBsonArray.Select(static row => ((SiloStatus)row["status"].AsInt32).ToString())];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private static async Task Ready(ParleyProcess node)
    {
        try
        {
            await node.Ready();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"A node did not start:\n{node.Output}", e);
        }
    }
}
