using MongoDB.Driver;
using Parley.Bench.Store;

namespace Parley.Bench.Load;

/// <summary>Durable webhooks a second on one, two and three silos over MongoDB, beside raw InsertMany of the same messages into the same
/// server in the same run.</summary>
/// <remarks>All share this machine with MongoDB and the load: that the sum hardly grows says nothing of silos with processors of their own,
/// what each webhook costs does.</remarks>
internal static class Clusters
{
    private const int MostSilos = 3;

    public static async Task Run(LoadOptions options)
    {
        var server = options.MongoDB ?? throw new InvalidOperationException("Name a MongoDB by --mongodb or PARLEY_TEST_MONGODB.");
        var webhooks = Enumerable.Range(0, MostSilos + 1).Select(static _ => new List<double>()).ToArray();
        var raw = new List<double>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            for (var silos = 1; silos <= MostSilos; silos++)
            {
                var url = new MongoUrlBuilder(server) { DatabaseName = $"parley_bench_{Guid.NewGuid():N}" };
                try
                {
                    webhooks[silos].Add(await Measure(round, silos, url.ToString(), options));
                    if (silos == 1)
                    {
                        raw.Add(await RawInserts.Measure(url.ToString(), options.Time / 2));
                        Console.WriteLine($"round {round}  raw InsertMany {raw[^1]:N0}/s");
                    }
                }
                finally
                {
                    using var client = new MongoClient(url.ToMongoUrl());
                    await client.DropDatabaseAsync(url.DatabaseName);
                }
            }
        }

        var one = Median.Of(webhooks[1]);
        Console.WriteLine($"medians: one silo {one:N0}/s, raw InsertMany {Median.Of(raw):N0}/s: {one / Median.Of(raw):P1} of it");
        Console.WriteLine($"two silos {Median.Of(webhooks[2]) / one:N2} of one, three {Median.Of(webhooks[3]) / one:N2}, on the same processors");
    }

    private static async Task<double> Measure(int round, int silos, string url, LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        var clusterId = $"bench-{Guid.NewGuid():N}";
        var nodes = new List<ServerProcess>();
        try
        {
            for (var i = 0; i < silos; i++)
            {
                nodes.Add(await ServerProcess.StartSilo(data, clusterId, url));
            }

            var (path, key) = await nodes[0].CreateTenant("bench");
            var source = new WebhookSource(nodes[0].Host, path, options.Conversations, options.Connections);
            var endPoints = nodes.ConvertAll(static node => node.EndPoint);

            var acknowledged = 0L;
            async Task<(LoadResult Result, double MicrosEach)> Post()
            {
                var before = Cpu(nodes);
                var posted = await Closed.Run(endPoints, options.Connections, options.Time, source.Next);
                acknowledged += posted.Answers.GetValueOrDefault(200);
                return (posted, (Cpu(nodes) - before).TotalMicroseconds / posted.Micros.TotalCount);
            }

            await WarmUp.Run(3L * options.Conversations * silos, Post, () => Cpu(nodes));
            var (result, cost) = await Post();
            Console.WriteLine($"round {round}  {silos} silos   {result}");
            Console.WriteLine($"         silos' CPU {cost:N0} µs a webhook");
            var kept = (long)(await nodes[^1].Get("/messages?limit=1", key))["pagination"]!["total"]!;
            Console.WriteLine(kept == acknowledged
                ? $"         verified: {acknowledged:N0} acknowledged, {kept:N0} kept"
                : $"         WRONG: {acknowledged:N0} acknowledged, {kept:N0} kept");
            return result.PerSecond;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            Directory.Delete(data, recursive: true);
        }
    }

    private static TimeSpan Cpu(List<ServerProcess> nodes) => new(nodes.Sum(static node => node.ProcessorTime.Ticks));
}
