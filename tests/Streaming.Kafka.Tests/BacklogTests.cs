using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Streaming.Kafka.Buffering;
using Parley.Streaming.Kafka.Streams;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>What is put into the buffer waits until the silos' group has it done.</summary>
public sealed class BacklogTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task what_was_received_waits_until_it_is_done()
    {
        var options = new KafkaOptions { BootstrapServers = await KafkaServer.Required(), TopicPrefix = KafkaServer.FreshPrefix(), Partitions = 2 };
        var topic = options.WebhooksTopic(TimeProvider.System, NullLogger<KafkaTopic>.Instance);
        using var buffer = new KafkaWebhookBuffer(options, topic);
        using var backlog = new KafkaBacklog(options, NullLogger<KafkaBacklog>.Instance);
        await topic.Ensure();
        await Soon.Holds(() => buffer.IsThere(Stop), "The broker answers");
        await Soon.Holds(() => backlog.IsDone(Start, Stop), "Nothing waits in an empty topic");

        await buffer.Put(At(0), Stop);
        await buffer.Put(At(60), Stop);
        await Soon.Holds(async () => !await backlog.IsDone(Start.AddMinutes(5), Stop), "Both wait");
        Assert.True(await backlog.IsDone(Start.AddMinutes(-1), Stop));

        // The first is done, and with it all that was received before the second.
        var place = new TopicPartition(options.Webhooks, Partitioning.Of(At(0).Key, options.Partitions));
        using var group = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = options.BootstrapServers, GroupId = options.WebhooksGroup }).Build();
        group.Commit([new TopicPartitionOffset(place, 1)]);
        Assert.True(await backlog.IsDone(Start.AddSeconds(30), Stop));
        Assert.False(await backlog.IsDone(Start.AddMinutes(5), Stop));

        // What was not done a moment ago is not asked for anew at once.
        group.Commit([new TopicPartitionOffset(place, 2)]);
        Assert.True(await backlog.IsDone(Start.AddSeconds(30), Stop));
        await Soon.Holds(() => backlog.IsDone(Start.AddMinutes(5), Stop), "Both are done");
    }

    [Fact]
    public async Task a_Kafka_that_does_not_answer_tells_nothing()
    {
        using var backlog = new KafkaBacklog(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }, NullLogger<KafkaBacklog>.Instance);
        Assert.False(await backlog.IsDone(Start, Stop));
    }

    [Fact]
    public void a_webhook_comes_out_as_it_went_in()
    {
        foreach (var owner in (WebhookOwner[])[new("acme"), new("acme", "shop"), new(null, GatewayId: "g1")])
        {
            var webhook = new BufferedWebhook(owner, "Loja nº 1", Start.AddTicks(1_234_567), "{}"u8.ToArray()) { BodySha256 = "ab" };
            var message = WebhookRecord.Write(webhook);
            var read = WebhookRecord.Read(new KafkaRecord(
                webhook.Key, message.Value, message.Headers.ToDictionary(static h => h.Key, static h => h.GetValueBytes(), StringComparer.Ordinal)));

            Assert.Equal(webhook with { Body = default }, read with { Body = default });
            Assert.Equal(webhook.Body.ToArray(), read.Body.ToArray());
        }
    }

    /// <summary>Neither a tenant's nor a gateway's can be taken for the other's.</summary>
    [Fact]
    public void a_key_tells_the_owner_and_the_instance()
    {
        Assert.Equal("acme/i", new BufferedWebhook(new WebhookOwner("acme"), "i", Start, default).Key);
        Assert.Equal("acme/i", new BufferedWebhook(new WebhookOwner("acme", "shop"), "i", Start, default).Key);
        Assert.Equal("~acme/i", new BufferedWebhook(new WebhookOwner(null, GatewayId: "acme"), "i", Start, default).Key);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static BufferedWebhook At(int seconds) => new(new WebhookOwner("acme"), "shop-1", Start.AddSeconds(seconds), "{}"u8.ToArray());
}
