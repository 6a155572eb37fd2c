using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Confluent.Kafka;
using Parley.Domain.Events;
using Parley.Ports;
using Parley.Streaming.Kafka.Publishing;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>What is in the topics, as an independent implementation of CloudEvents reads it.</summary>
public sealed class RecordTests
{
    [Fact]
    public async Task An_event_is_a_cloud_event_in_binary_mode()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        shop.Renderer.Text = "é 👍";
        await shop.Say("acme", 1, 2);
        await shop.PublishAll();

        var logged = await shop.Log.ReadEvents("acme", 0, 10, TestContext.Current.CancellationToken);
        var records = Topics.Read(shop.Options);
        Assert.Equal(2, records.Count);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(shop.Options.Conversations, records[i].Topic);
            Assert.Equal($"acme/{logged[i].Subject}", records[i].Message.Key);
            var e = Read(records[i].Message);
            Assert.True(e.IsValid);
            Assert.Equal(CloudEventsSpecVersion.V1_0, e.SpecVersion);
            Assert.Equal($"evt_acme_{i + 1}", e.Id);
            Assert.Equal("/tenants/acme", e.Source!.OriginalString);
            Assert.Equal(EventType.MessageCreated, e.Type);
            Assert.Equal(logged[i].Facts.MessageId.ToString(), e.Subject);
            Assert.Equal(logged[i].Facts.At.ToUnixTimeMilliseconds(), e.Time!.Value.ToUnixTimeMilliseconds());
            Assert.Equal("application/json", e.DataContentType);
            Assert.Equal("acme", e["tenantid"]);
            Assert.Equal($"{i + 1:D20}", e["sequence"]);
            Assert.Equal($"{i + 1}", e["position"]);
            var data = (JsonElement)e.Data!;
            Assert.Equal((i + 1, "é 👍"), (data.GetProperty("number").GetInt32(), data.GetProperty("text").GetString()));
        }
    }

    [Fact]
    public async Task Content_that_no_broker_would_take_is_named_and_holds_up_nothing()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await shop.Say("acme", 1, 1);
        shop.Renderer.Text = new string('x', 2_000_000);
        await shop.PublishAll();
        shop.Renderer.Text = "small";
        await shop.Say("acme", 1, 1);
        await shop.PublishAll();

        var records = Topics.Read(shop.Options).OrderBy(static r => r.Position()).ToList();
        Assert.Equal(2, records.Count);
        Assert.Equal("{}"u8, records[0].Message.Value);
        Assert.Equal($"/messages/{records[0].Header("ce_subject")}", records[0].Header("ce_dataref"));
        Assert.False(records[1].Message.Headers.TryGetLastBytes("ce_dataref", out _));
    }

    [Theory]
    [InlineData(EventType.MessageEdited, "5511987650001:5511987650002", true)]
    [InlineData(EventType.ConversationRead, "5511987650001:5511987650002", true)]
    [InlineData(EventType.SessionUpdated, "shop-1", false)]
    [InlineData(null, "5511987650001:5511987650002", true)]
    [InlineData(null, "shop-1", false)]
    public async Task What_cannot_be_read_stands_among_its_own(string? wasType, string subject, bool isOfConversation)
    {
        var options = new KafkaOptions { BootstrapServers = "nobody", TopicPrefix = "t" };
        var facts = new EventFacts { Type = EventType.Unreadable, WasType = wasType, Number = 0, At = DateTimeOffset.UnixEpoch };
        var logged = new LoggedEvent("acme", 4, 4, subject, facts, DateTimeOffset.UnixEpoch);
        var rendered = Assert.Single(await new PlainRenderer().Render("acme", [logged], TestContext.Current.CancellationToken));
        var (topic, record) = EventRecord.Of(rendered, options);
        Assert.Equal(isOfConversation ? options.Conversations : options.Sessions, topic);
        Assert.Equal($"acme/{subject}", Encoding.UTF8.GetString(record.Key));
        Assert.Equal(EventType.Unreadable, Encoding.UTF8.GetString(record.Headers.GetLastBytes("ce_type")));
    }

    [Fact]
    public async Task Topics_are_made_with_the_partitions_that_were_asked_for_and_are_left_as_they_are()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await Task.WhenAll(shop.MakeTopics(), shop.MakeTopics());
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = shop.Options.BootstrapServers }).Build();
        foreach (var topic in new[] { shop.Options.Conversations, shop.Options.Sessions })
        {
            Assert.Equal(3, Assert.Single(admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics).Partitions.Count);
        }
    }

    /// <summary>The binary mode of the binding 1.0 by the SDK: each header is an attribute, whose form the SDK checks.</summary>
    private static CloudEvent Read(Message<string, byte[]> record)
    {
        const string prefix = "ce_";
        var headers = record.Headers.ToDictionary(static h => h.Key, static h => Encoding.UTF8.GetString(h.GetValueBytes()), StringComparer.Ordinal);
        var e = new CloudEvent(CloudEventsSpecVersion.FromVersionId(headers[prefix + "specversion"])!) { DataContentType = headers["content-type"] };
        foreach (var (name, value) in headers.Where(static h => h.Key.StartsWith(prefix, StringComparison.Ordinal) && h.Key != prefix + "specversion"))
        {
            e.SetAttributeFromString(name[prefix.Length..], value);
        }

        new JsonEventFormatter().DecodeBinaryModeEventData(record.Value, e);
        return e;
    }
}
