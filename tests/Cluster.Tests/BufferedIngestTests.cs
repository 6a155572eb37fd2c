namespace Parley.Cluster.Tests;

/// <summary>Webhooks that are answered when Kafka has them, and taken in by silos that come and go.</summary>
public sealed class BufferedIngestTests
{
    private const int Posters = 8;

    /// <summary>Three nodes lose one while it owns partitions, and then their MongoDB for a while.</summary>
    [Fact]
    public async Task everything_answered_is_kept_once_when_a_silo_is_killed_and_MongoDB_is_frozen_and_killed()
    {
        var kafka = await KafkaServer.Required();
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        var settings = Buffered(kafka);
        var nodes = await Task.WhenAll(((string[])["api", "silo", "silo", "silo"]).Select(role => cluster.Start(role, settings)));
        var api = nodes[0];
        var tenant = await api.NewTenant();
        var load = new Load(tenant, new SwitchedTarget(api.Address), Posters, seed: 41_000);
        load.Start();
        await load.WaitFor(150);

        await nodes[1].Kill();
        await load.WaitFor(150);

        // While MongoDB says nothing, and while it is not there, everything is taken.
        var refused = load.Refusals.Count;
        set.Servers[0].Freeze();
        await load.WaitFor(150);
        set.Servers[0].Thaw();
        await load.WaitFor(50);
        await set.Servers[0].Kill();
        await load.WaitFor(150);
        Assert.Equal(refused, load.Refusals.Count);

        set.Servers[0].Start();
        await load.End();
        Figures.Report($"{load.Acknowledged} acknowledged, refused: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        await Settled(api, nodes[2..], tenant, load.Done.Count);
        await Books.Balance(cluster, api, tenant, load.Done);
    }

    internal static string[] Buffered(string kafka) =>
    [
        "--ConnectionStrings:Kafka", kafka,
        "--Ingest:Mode", "Kafka",
        "--Parley:Kafka:TopicPrefix", KafkaServer.FreshPrefix(),
        "--Parley:Kafka:Partitions", "8",
    ];

    /// <summary>Waits until all is taken in.</summary>
    private static async Task Settled(ParleyProcess api, IEnumerable<ParleyProcess> silos, TestTenant tenant, int messages)
    {
        using var client = api.With(tenant.ApiKey);
        await Poll.Until(
            async () => await client.Get("/messages?limit=1") is { Status: 200 } page && (int?)page.Json["pagination"]!["total"] >= messages,
            $"{messages} messages are kept\n{string.Join("\n\n", silos.Select(static silo => silo.Output[^Math.Min(2_000, silo.Output.Length)..]))}",
            TimeSpan.FromSeconds(90));
    }
}
