using System.Diagnostics;
using System.Globalization;

namespace Parley.Cluster.Tests;

/// <summary>Webhooks that are answered when Kafka has them, and taken in by silos that come and go.</summary>
public sealed class BufferedIngestTests
{
    private const int Posters = 8;
    private const string Peer = "5511987650002";

    /// <summary>Three nodes lose one while it owns partitions, and then their MongoDB for a while.</summary>
    [Fact]
    public async Task everything_answered_is_kept_once_when_a_silo_is_killed_and_MongoDB_is_frozen_and_killed()
    {
        var kafka = await KafkaServer.Required();
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        var settings = Buffered(kafka);
        var nodes = await Task.WhenAll(((string[])["both", "both", "both"]).Select(role => cluster.Start(role, settings)));
        var tenant = await nodes[0].NewTenant();
        var load = new Load(tenant, new SwitchedTarget(nodes[0].Address), Posters, seed: 41_000);
        load.Start();
        await load.WaitFor(100);

        await nodes[1].Kill();
        await load.WaitFor(100);

        // While MongoDB says nothing, and while it is not there, everything is taken.
        var refused = load.Refusals.Count;
        set.Servers[0].Freeze();
        await load.WaitFor(100);
        set.Servers[0].Thaw();
        await load.WaitFor(50);
        await set.Servers[0].Kill();
        await load.WaitFor(100);
        Assert.True(refused == load.Refusals.Count, $"Refused: {string.Join(", ", load.Refusals)}. {load.LastRefusal}");

        set.Servers[0].Start();
        await load.End();
        Figures.Report($"{load.Acknowledged} acknowledged, refused: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        await Settled(nodes[0], [nodes[0], nodes[2]], tenant, load.Done.Count);
        await Books.Balance(cluster, nodes[0], tenant, load.Done);
    }

    /// <summary>The one broker dies and comes back; what it does not take is refused, with when to come again.</summary>
    [Fact]
    public async Task a_broker_that_is_killed_and_started_under_load_loses_and_doubles_nothing()
    {
        await using var broker = await KafkaBroker.Start();
        await using var cluster = await TestCluster.New();
        var settings = (string[])[.. Buffered(broker.Servers), "--Parley:Intake:Patience", "00:00:02"];
        var nodes = await Task.WhenAll(((string[])["both", "both"]).Select(role => cluster.Start(role, settings)));
        var tenant = await nodes[0].NewTenant();
        var load = new Load(tenant, new SwitchedTarget(nodes[0].Address), Posters, seed: 42_000);
        load.Start();
        await load.WaitFor(100);

        await broker.Kill();
        await Poll.Until(() => Task.FromResult(load.Refusals.ContainsKey(503)), "It says that it does not take them");

        // A gateway waits for this one with its whole line. It waits a moment for the broker; the rest is for a machine that has other things to do.
        var watch = Stopwatch.StartNew();
        (await tenant.Webhook(Edits.Event(Peer, Webhook.NewId(), "edited"))).Expect(202);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");

        using var admin = nodes[0].Admin();
        Assert.True(await Figure(admin, "parley_ingest_webhook_waiting_edits") > 0, "It was answered before it was kept.");

        // Nothing can be read, so nobody knows that nothing waits.
        await Poll.Until(async () => await Oldest(admin) > 10, "It does not say that nothing waits");

        await broker.StartAgain();
        await load.WaitFor(100);
        await load.End();
        Figures.Report($"{load.Acknowledged} acknowledged, refused: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        await Settled(nodes[0], nodes, tenant, load.Done.Count);
        await Poll.Until(async () => await Oldest(admin) == 0, "Nothing waits any more");
        await Books.Balance(cluster, nodes[0], tenant, load.Done);
    }

    [Fact]
    public async Task what_waits_is_shown_and_what_cannot_be_buffered_is_refused_while_MongoDB_is_away()
    {
        var kafka = await KafkaServer.Required();
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        var node = await cluster.Start("both", [.. Buffered(kafka), "--Parley:Intake:Patience", "00:00:01"]);
        var (known, unknown) = (await node.NewTenant(), await node.NewTenant());
        (await known.Webhook(Webhook.Text(Peer, "before"))).Expect(202);
        (await known.Raw("no json"u8.ToArray())).Expect(400);
        (await known.Raw("{}"u8.ToArray())).Expect(400);

        // Larger than a record: it goes by the media store.
        var picture = new byte[2 << 20];
        Random.Shared.NextBytes(picture);
        (await known.Webhook(Webhook.Media(Peer, "imageMessage", "image/jpeg", picture))).Expect(202);
        using var client = node.With(known.ApiKey);
        await Poll.Until(async () => (await client.All("/messages", 50)).Count == 2, "Both are kept");
        var media = (await client.All("/messages", 50)).Single(static m => m["media"] is not null);
        Assert.Equal(picture, (await client.Get($"/messages/{media["id"]}/media")).Expect(200).Bytes);

        // A gateway waits for these with its whole line, and a MongoDB that hangs says nothing of their token, of which the node's own
        // knowledge is fresh for three seconds.
        set.Servers[0].Freeze();
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ => (await known.Webhook(Edits.Event(Peer, "3EB0EDITED", "edited"))).Expect(202)));
        set.Servers[0].Thaw();

        await set.Servers[0].Kill();
        // As a gateway does that lost the answer: the same one is taken again.
        var meanwhile = Webhook.Text(Peer, "meanwhile");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await known.Webhook(meanwhile.DeepClone())).Expect(202)));
        Assert.Equal(503, (await unknown.Webhook(Webhook.Text(Peer, "by a token that nobody showed yet"))).Status);
        Assert.Equal(503, (await known.Webhook(Webhook.Media(Peer, "imageMessage", "image/jpeg", picture))).Status);
        using var admin = node.Admin();
        await Poll.Until(async () => await Oldest(admin) > 2, "Its age is shown");

        set.Servers[0].Start();
        await Poll.Until(async () => await Oldest(admin) == 0, "Nothing waits any more", TimeSpan.FromSeconds(60));
        Assert.Equal(3, (await client.All("/messages", 50)).Count);
    }

    [Theory]
    [InlineData("ConnectionStrings:Kafka", "--ConnectionStrings:MongoDB", "mongodb://127.0.0.1:1/parley?replicaSet=none")]
    [InlineData("ConnectionStrings:MongoDB", "--ConnectionStrings:Kafka", "127.0.0.1:1")]
    public async Task buffered_ingest_without_what_it_needs_is_refused(string missing, string key, string value)
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--Ingest:Mode", "Kafka", key, value);

        Assert.Equal(2, code);
        Assert.Contains($"with {missing}", output, StringComparison.Ordinal);
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

    private static Task<double> Oldest(ParleyClient admin) => Figure(admin, "parley_kafka_oldest_waiting_seconds");

    private static async Task<double> Figure(ParleyClient admin, string name)
    {
        var line = (await admin.Get("/metrics")).Expect(200).Body.Split('\n')
            .First(l => l.StartsWith(name + "{", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }
}
