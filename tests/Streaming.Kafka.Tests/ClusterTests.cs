using System.Text.Json;
using Confluent.Kafka;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.BlackBox;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Nodes on one MongoDB that publish to a Kafka which goes and comes back.</summary>
public sealed class ClusterTests
{
    private const string Ana = "5511987650002";
    private const string Bia = "5511987650003";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_tells_kafka_everything_in_order_also_around_a_row_that_cannot_be_read()
    {
        await using var broker = await KafkaBroker.Start();
        await using var cluster = await TestCluster.New();
        var options = new KafkaOptions { BootstrapServers = broker.Servers, TopicPrefix = KafkaServer.FreshPrefix() };
        var settings = options.Arguments();
        var nodes = await Task.WhenAll(cluster.Start("both", settings), cluster.Start("both", settings));
        var tenant = await nodes[0].NewTenant();
        using var other = nodes[1].With(tenant.ApiKey);
        for (var n = 1; n <= 3; n++)
        {
            await tenant.Accept(Webhook.Text(Ana, $"a{n}"));
        }

        // The session, the conversation and three messages.
        var records = await Records(5);
        Assert.Equal(["a1", "a2", "a3"], Texts(records));

        await broker.Kill();
        for (var n = 4; n <= 6; n++)
        {
            await tenant.Accept(Webhook.Text(Ana, $"a{n}"));
            (await other.Post($"/webhooks/evolution/{tenant.WebhookToken}", Webhook.Text(Bia, $"b{n}"))).Expect(200);
        }

        // One row of the log is damaged while it waits.
        var url = new MongoUrl(cluster.ConnectionString);
        using var client = new MongoClient(url);
        var rows = client.GetDatabase(url.DatabaseName).GetCollection<BsonDocument>("events");
        var last = new BsonDocument("_id", new BsonDocument { { "t", tenant.Id }, { "n", 12L } });
        await Poll.Until(async () => await rows.Find(last).AnyAsync(Token), "all events in the log");
        var damaged = await rows.Find(new BsonDocument("body", new BsonRegularExpression("\"type\":\"message.created\""))).Sort(new BsonDocument("_id", -1)).FirstAsync(Token);
        var position = damaged["_id"]["n"].ToInt64();
        await rows.UpdateOneAsync(
            new BsonDocument("_id", damaged["_id"]), new BsonDocument("$set", new BsonDocument("body", "{\"type\":\"message.cr")), null, Token);

        await broker.StartAgain();
        records = await Records(12);
        Assert.Equal(Enumerable.Range(1, 12).Select(static n => (long)n), records.Select(static r => r.Position()).Distinct().Order());
        foreach (var key in records.GroupBy(static r => r.Message.Key))
        {
            Assert.Single(key.Select(static r => r.TopicPartition).Distinct());
            var positions = key.Select(static r => r.Position()).ToList();
            Assert.Equal(positions.Distinct().Order(), positions.Distinct());
        }

        var unreadable = records.First(r => r.Position() == position);
        Assert.Equal("event.unreadable", unreadable.Header("ce_type"));
        Assert.Equal(options.Conversations, unreadable.Topic);
        Assert.Equal(5, Texts(records).Except(["a1", "a2", "a3"]).Count());

        // And it goes on.
        await tenant.Accept(Webhook.Text(Bia, "b7"));
        Assert.Contains("b7", Texts(await Records(13)));

        async Task<IReadOnlyList<ConsumeResult<string, byte[]>>> Records(int events)
        {
            IReadOnlyList<ConsumeResult<string, byte[]>> found = [];
            await Poll.Until(
                () => Task.FromResult((found = Topics.Read(options)).Select(static r => r.Position()).Distinct().Count() >= events),
                $"{events} events in Kafka",
                TimeSpan.FromSeconds(90));
            return found;
        }
    }

    private static IEnumerable<string> Texts(IEnumerable<ConsumeResult<string, byte[]>> records) => records
        .Where(static r => r.Header("ce_type") == "message.created")
        .Select(static r => JsonDocument.Parse(r.Message.Value).RootElement.GetProperty("message").GetProperty("text").GetString()!)
        .Distinct();
}
