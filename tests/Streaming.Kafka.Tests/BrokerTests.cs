using Microsoft.Extensions.Logging.Abstractions;
using Parley.BlackBox;
using Parley.Streaming.Kafka.Buffering;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>A broker that goes and comes back.</summary>
public sealed class BrokerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_killed_under_load_loses_nothing_and_keeps_the_order()
    {
        await using var broker = await KafkaBroker.Start();
        await using var shop = new Shop(broker.Servers);
        await shop.MakeTopics();
        var publisher = shop.Publisher();
        var publishing = Task.Run(
            async () =>
            {
                while (await shop.Places.ReadPlace("kafka:0", Token) is not 3_000)
                {
                    await publisher.Step(Token);
                }
            },
            Token);
        for (var round = 0; round < 3; round++)
        {
            var saying = shop.Say($"tenant-{round}", 10, 100);
            await Poll.Until(async () => await shop.Places.ReadPlace("kafka:0", Token) > round * 1_000, "events of this round in Kafka");
            await broker.Kill();
            await saying;
            await broker.StartAgain();
        }

        await publishing.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Poll.Until(shop.HasAll, "all events in Kafka, in their order");
    }

    /// <summary>Nodes give no sign of life while it is not there.</summary>
    [Fact]
    public async Task A_buffer_tells_whether_its_broker_answers()
    {
        await using var broker = await KafkaBroker.Start();
        var options = new KafkaOptions { BootstrapServers = broker.Servers, TopicPrefix = KafkaServer.FreshPrefix() };
        var topic = options.WebhooksTopic(TimeProvider.System, NullLogger<KafkaTopic>.Instance);
        using var buffer = new KafkaWebhookBuffer(options, topic);
        await topic.Ensure();
        await Soon.Holds(() => buffer.IsThere(Token), "The broker answers");

        await broker.Kill();
        Assert.False(await buffer.IsThere(Token));
        await broker.StartAgain();
        await Soon.Holds(() => buffer.IsThere(Token), "The broker answers again");
    }

    [Fact]
    public async Task Parley_goes_on_while_kafka_is_away_and_tells_it_everything_afterwards()
    {
        await using var broker = await KafkaBroker.Start();
        await broker.Kill();
        var options = new KafkaOptions { BootstrapServers = broker.Servers, TopicPrefix = KafkaServer.FreshPrefix() };
        await using var parley = await ParleyProcess.Start(null, options.Arguments());
        var tenant = await parley.NewTenant();
        var gone = "5511987650077";
        for (var i = 0; i < 20; i++)
        {
            await tenant.Accept(Webhook.Text("5511987650002", $"kept {i}"));
            await tenant.Accept(Webhook.Text(gone, $"secret {i}"));
        }

        (await tenant.Client.Delete($"/conversations/{Webhook.Line}/{gone}")).Expect(204);
        (await tenant.Client.Get("/conversations")).Expect(200);

        await broker.StartAgain();
        IReadOnlyList<Confluent.Kafka.ConsumeResult<string, byte[]>> records = [];
        await Poll.Until(
            () =>
            {
                records = Topics.Read(options);
                return Task.FromResult(records.Count(r => r.Header("ce_type") == "message.created") >= 40
                    && records.Any(r => r.Header("ce_type") == "conversation.deleted"));
            },
            "the events of the time without Kafka",
            TimeSpan.FromSeconds(60));

        var text = string.Concat(records.Select(static r => System.Text.Encoding.UTF8.GetString(r.Message.Value)));
        Assert.Contains("kept 19", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        foreach (var subject in records.GroupBy(static r => r.Message.Key))
        {
            Assert.Equal(subject.Select(static r => r.Position()).Order(), subject.Select(static r => r.Position()));
        }

        // And at once from now on.
        await tenant.Accept(Webhook.Text("5511987650002", "afterwards"));
        await Poll.Until(
            () => Task.FromResult(Topics.Read(options).Any(static r => System.Text.Encoding.UTF8.GetString(r.Message.Value).Contains("afterwards", StringComparison.Ordinal))),
            "an event of the time after");
        using var admin = parley.Admin();
        Assert.Contains("parley_kafka_published", (await admin.Get("/metrics")).Expect(200).Body, StringComparison.Ordinal);

        // A stop does not wait for a broker that is away.
        await broker.Kill();
        await tenant.Accept(Webhook.Text("5511987650002", "while it is away once more"));
        var began = DateTime.UtcNow;
        Assert.Equal(0, await parley.Stop());
        Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(20));
    }
}
