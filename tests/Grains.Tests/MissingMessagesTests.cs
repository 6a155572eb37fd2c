using System.Collections.Concurrent;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class MissingMessagesTests(Cluster cluster) : ClusterTests(cluster)
{
    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    [Fact]
    public async Task a_message_that_is_quoted_and_never_came_is_suspected_after_a_minute_and_asked_of_the_gateway()
    {
        await Outbox.Open();
        await Take(Read(Message("ANSWER", quotes: "LOST")));
        var head = await Chat.Head(Chat.Known);

        Assert.Empty(await Missing(TimeSpan.FromSeconds(30)).Suspected(Tenant, head, Stop));
        Assert.Equal(["LOST"], await Missing(TimeSpan.FromSeconds(90)).Suspected(Tenant, head, Stop));

        var parked = await Cluster.Get<IParkingLot>().ListParked(Tenant, Outbox.SessionId, 10, Stop);
        Cluster.Gateway.OnRead(Outbox.Instance, id => id == "LOST" ? Read(Message("LOST")) : Read());
        await Missing(TimeSpan.FromSeconds(90)).Ask(Tenant, parked, Stop);

        await Chat.AssertKept(Chat.Known, ["ANSWER", "LOST"]);
        Assert.Empty(await Missing(TimeSpan.FromSeconds(90)).Suspected(Tenant, head, Stop));
    }

    [Fact]
    public async Task what_is_quoted_is_looked_for_again_when_the_look_failed()
    {
        await Outbox.Open();
        Cluster.Store.FailNextLookUp(Tenant, "LOST");

        await Take(Read(Message("ANSWER", quotes: "LOST")));

        await Chat.AssertKept(Chat.Known, ["ANSWER"]);
        Assert.Equal(["LOST"], await Missing(TimeSpan.FromSeconds(90)).Suspected(Tenant, await Chat.Head(Chat.Known), Stop));
    }

    [Fact]
    public async Task what_another_chat_misses_is_not_suspected_here()
    {
        await Outbox.Open();
        await Take(Read(Message("HERE"), Message("THERE", quotes: "LOST", peer: Address.Parse("5511987650077"))));

        Assert.Empty(await Missing(TimeSpan.FromSeconds(90)).Suspected(Tenant, await Chat.Head(Chat.Known), Stop));
    }

    [Fact]
    public async Task a_story_that_is_quoted_is_not_suspected()
    {
        await Outbox.Open();
        await Take(Read(Message("ANSWER", quotes: "STORY") with { QuotesElsewhere = true }, Message("OTHER", quotes: "LOST")));

        Assert.Equal(["LOST"], await Missing(TimeSpan.FromSeconds(90)).Suspected(Tenant, await Chat.Head(Chat.Known), Stop));
    }

    [Fact]
    public async Task each_id_gets_its_turn_though_a_gateway_cannot_give_those_before_it_and_fails_over_one()
    {
        await Outbox.Open();
        string[] ids = [.. Enumerable.Range(0, 70).Select(static n => $"LOST{n}")];
        var parked = await Cluster.Get<IParkingLot>().Park(
            Tenant, Outbox.SessionId, [.. ids.Select(static id => Receipt(id))], ids.Length, DateTimeOffset.UtcNow, Stop);
        var asked = new ConcurrentQueue<string>();
        Cluster.Gateway.OnRead(Outbox.Instance, id =>
        {
            asked.Enqueue(id!);
            return id == "LOST10" ? throw new GatewayException(GatewayFault.Unknown, "it fails each time") : Read();
        });

        var missing = Missing(TimeSpan.Zero);
        foreach (var expected in (string[][])[ids[..11], ids[11..61], [.. ids[61..], .. ids[..11]]])
        {
            await missing.Ask(Tenant, parked, Stop);
            Assert.Equal(expected, asked);
            asked.Clear();
        }
    }

    [Fact]
    public async Task a_sweep_does_the_rest_when_one_tenant_s_question_fails()
    {
        await Outbox.Open();
        await Cluster.Get<IParkingLot>().Park(Tenant, Outbox.SessionId, [Receipt("LOST")], 10, DateTimeOffset.UtcNow, Stop);
        Cluster.Gateway.OnRead(Outbox.Instance, static _ => throw new InvalidOperationException("not foreseen"));
        var keys = Cluster.Get<IIdempotencyStore>();
        var now = DateTimeOffset.UtcNow;
        var old = new IdempotencyRow("POST /v1/messages", "old", [1], "c", Guid.CreateVersion7(), now.AddDays(-2), now);
        await keys.BeginKey(Tenant, old, Stop);
        TenantContext.Clear();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Cluster.Orleans.Client.GetGrain<ISweepGrain>("sweep").Run());

        Assert.Null(await keys.BeginKey(Tenant, old, Stop));
        Cluster.Gateway.OnRead(Outbox.Instance, _ => Read());
    }

    /// <summary>A gateway of version 1 lists what it was asked to send, and no statuses. What nobody knew of was sent by the phone.</summary>
    [Fact]
    public async Task a_send_that_a_gateway_only_lists_is_not_sent_for_that()
    {
        await Outbox.Open();
        var id = await Outbox.Queue("hello");
        await Outbox.Drain();
        var send = await Outbox.Read(id);
        Assert.Equal(MessageStatus.Pending, send.Status);

        await Take(Read(Message(send.ExternalId) with { FromMe = true, Content = send.Content }, Message("TYPED") with { FromMe = true }));

        Assert.Equal(MessageStatus.Pending, (await Outbox.Read(id)).Status);
        var typed = (await Cluster.Store.LookUp(Tenant, ["TYPED"], Stop)).Messages;
        Assert.Equal(MessageStatus.Sent, Assert.Single(typed).Message!.Status);
    }

    /// <summary>As seen when so much time has passed.</summary>
    private MissingMessages Missing(TimeSpan passed) => new(
        Cluster.Get<IParkingLot>(), Cluster.Get<ISessionStore>(), Cluster.Get<Gateways>(), Cluster.Get<WebhookIntake>(), new IntakeOptions(),
        new Later(passed));

    private async Task Take(WebhookReading reading)
    {
        var session = await Cluster.Get<ISessionStore>().ReadSession(Tenant, Outbox.SessionId, Stop);
        await Outbox.InTenant(() => Cluster.Get<WebhookIntake>().Sync(Tenant, session!, reading, Stop));
    }

    private WebhookReading Read(params IReadOnlyList<MessageObserved> messages) => new()
    {
        Event = "messages.set",
        Instance = Outbox.Instance,
        Line = Chat.Line,
        Items = [.. messages.Select(static (message, i) => new WebhookItem(i, message))],
        PayloadOf = static _ => default,
    };

    private static MessageObserved Message(string id, string? quotes = null, Address? peer = null) => new()
    {
        ExternalId = id,
        FromMe = false,
        Peer = Party.Of(peer ?? Chat.Phone),
        Content = new MessageContent { Type = MessageType.Text, Text = id, QuotedMessageId = quotes },
        Timestamp = Chat.Start.AddMinutes(1),
        Origin = MessageOrigin.Sync,
    };

    private static StatusChange Receipt(string id) => new()
    {
        TargetId = id,
        Stamp = new ChangeStamp(null, null, "gw"),
        At = DateTimeOffset.UtcNow.AddMinutes(-2),
        Status = MessageStatus.Read,
    };

    private sealed class Later(TimeSpan passed) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + passed;
    }
}
