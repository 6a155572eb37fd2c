using System.Net;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using Orleans.Configuration;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Clustering.Tests;

/// <summary>A cluster's table in a database of its own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static int _generation;

    private readonly TestDatabase _database;
    private readonly ClusterCollection _collection;

    private Cluster(TestDatabase database)
    {
        _database = database;
        _collection = new ClusterCollection(new MongoClusteringOptions { ConnectionString = database.ConnectionString });
        Table = TableOf("one");
    }

    public MongoMembershipTable Table { get; }

    public IMongoDatabase Database => _database.Database;

    public static async Task<Cluster> Begin()
    {
        var cluster = new Cluster(await TestDatabase.New());
        await cluster.Table.InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        return cluster;
    }

    public MongoMembershipTable TableOf(string clusterId) => new(_collection, Options.Create(new ClusterOptions { ClusterId = clusterId }));

    public MongoGatewayListProvider Gateways() =>
        new(_collection, Options.Create(new ClusterOptions { ClusterId = "one" }), Options.Create(new GatewayOptions()));

    public static SiloAddress Address(string ip = "10.1.2.3") =>
        SiloAddress.New(IPAddress.Parse(ip), 11111, Interlocked.Increment(ref _generation));

    /// <summary>A silo that starts now. Whole seconds: what is kept has milliseconds.</summary>
    public static MembershipEntry Entry(SiloStatus status = SiloStatus.Joining, SiloAddress? address = null) => new()
    {
        SiloAddress = address ?? Address(),
        Status = status,
        ProxyPort = 30000,
        HostName = "host.example",
        SiloName = "silo",
        StartTime = Now,
        IAmAliveTime = Now,
    };

    public static DateTime Now { get; } = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);

    public Task<MembershipTableData> Read() => Table.ReadAllAsync(TestContext.Current.CancellationToken);

    /// <summary>Inserts from what the table is now.</summary>
    public async Task<MembershipEntry> Insert(MembershipEntry? entry = null)
    {
        entry ??= Entry();
        Assert.True(await Table.InsertRowAsync(entry, (await Read()).Version.Next(), TestContext.Current.CancellationToken));
        return entry;
    }

    /// <summary>All that can be seen of the table.</summary>
    public async Task<string> Image()
    {
        var read = await Read();
        return string.Join('\n', read.Members.Select(static m => $"{m.Item1.ToFullString()} {m.Item2}").Order(StringComparer.Ordinal).Prepend($"{read.Version}"));
    }

    public async ValueTask DisposeAsync()
    {
        _collection.Dispose();
        await _database.DisposeAsync();
    }
}
