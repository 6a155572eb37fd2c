using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Parley.Storage.MongoDB.Clustering.Tests;

/// <summary>A server that takes connections and answers nothing, as one that is frozen.</summary>
public sealed class SilentServerTests
{
    [Fact]
    public async Task a_call_ends_in_its_time_though_the_server_is_silent()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        using var collection = new ClusterCollection(new MongoClusteringOptions
        {
            ConnectionString = $"mongodb://127.0.0.1:{port}/silent?directConnection=true",
            Deadline = TimeSpan.FromSeconds(1),
        });
        var table = new MongoMembershipTable(collection, Options.Create(new ClusterOptions { ClusterId = "one" }));
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<TimeoutException>(() => table.ReadAllAsync(TestContext.Current.CancellationToken));

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
    }
}
