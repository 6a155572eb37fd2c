using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>The gateway shows an own message before, while, or after it answers, or without answering: it is the same message.</summary>
public sealed class EchoTests(Cluster cluster) : ClusterTests(cluster)
{
    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    [Fact]
    public async Task an_echo_before_the_answer_waits_for_it_and_becomes_the_send()
    {
        await Outbox.Open();
        Outbox.OnSend(async (message, _) =>
        {
            await Outbox.Echo("X1", "hello", status: MessageStatus.Sent);
            Assert.Equal(1, await Outbox.Echoes());
            await Chat.AssertCount(Chat.Known, 1);
            return Outbox.Take(message, "X1");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        await Chat.AssertKept(Chat.Known, ["X1"]);
        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Sent, "X1"), (message.Status, message.ExternalId));
    }

    /// <summary>Pictures without words are all alike: a line that sends them for an hour would hold the owner's own one as long.</summary>
    [Fact]
    public async Task what_was_parked_long_before_a_send_left_is_not_its_echo()
    {
        await Outbox.Open();
        var typed = Chat.Message("PHONE", Direction.Out, Outbox.SessionId).Message with
        {
            To = Chat.Phone,
            Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
        };
        await Cluster.Get<ISendQueue>().ParkEcho(
            Tenant, new ParkedEcho(Chat.Line, Chat.Line, typed, Party.Of(Chat.Phone), null, DateTimeOffset.UtcNow.AddMinutes(-2)), Stop);
        Outbox.OnSend(async (message, _) =>
        {
            await Outbox.Echo("X1", "hello");
            Assert.Equal(1, await Outbox.Echoes());
            await Chat.AssertCount(Chat.Known, 2);
            return Outbox.Take(message, "X1");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        Assert.Equal("X1", (await Outbox.Read(id)).ExternalId);
        await Chat.AssertKept(Chat.Known, ["X1", "PHONE"]);
    }

    [Fact]
    public async Task an_echo_after_the_answer_is_a_duplicate()
    {
        await Outbox.Open();
        Outbox.OnSend((message, _) => Task.FromResult(Outbox.Take(message, "X1")));

        await Outbox.Queue("hello");
        await Outbox.Drain();
        await Outbox.Echo("X1", "hello");

        await Chat.AssertKept(Chat.Known, ["X1"]);
    }

    [Fact]
    public async Task a_message_typed_on_the_phone_meanwhile_is_kept_as_it_is()
    {
        await Outbox.Open();
        Outbox.OnSend(async (message, _) =>
        {
            await Outbox.Echo("PHONE", "hello");
            await Outbox.Echo("X1", "hello");
            await Outbox.Echo("OTHER", "something else");
            return Outbox.Take(message, "X1");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        await Chat.AssertKept(Chat.Known, ["X1", "PHONE", "OTHER"]);
        Assert.Equal("X1", (await Outbox.Read(id)).ExternalId);
    }

    [Fact]
    public async Task without_an_answer_the_single_echo_of_this_content_is_the_send()
    {
        await Outbox.Open();
        Outbox.OnSend(async (_, _) =>
        {
            await Outbox.Echo("X1", "hello", status: MessageStatus.Sent);
            throw new GatewayException(GatewayFault.Unknown, "timed out");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        var message = await Outbox.Until(id, static m => m.IsNamed);
        Assert.Equal((MessageStatus.Sent, "X1", null), (message.Status, message.ExternalId, message.Error));
        await Chat.AssertKept(Chat.Known, ["X1"]);
    }

    [Fact]
    public async Task an_echo_in_the_gateways_list_is_the_send_when_it_is_read_while_the_send_is_leaving()
    {
        await Outbox.Open();
        Outbox.OnSend(async (_, _) =>
        {
            await Outbox.Echo("X1", "hello", listedAt: DateTimeOffset.UtcNow);
            Assert.Equal(1, await Outbox.Echoes());
            throw new GatewayException(GatewayFault.Unknown, "timed out");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        Assert.Equal("X1", (await Outbox.Until(id, static m => m.IsNamed)).ExternalId);
        await Chat.AssertKept(Chat.Known, ["X1"]);
    }

    [Fact]
    public async Task what_the_gateways_list_has_from_before_a_send_was_queued_is_not_that_send()
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Unknown, "timed out"));
        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        await Outbox.Echo("X1", "hello", listedAt: DateTimeOffset.UtcNow - TimeSpan.FromHours(1));

        await Chat.AssertCount(Chat.Known, 2);
        Assert.Equal(MessageStatus.OutcomeUnknown, (await Outbox.Read(id)).Status);
        await Outbox.Echo("X2", "hello", listedAt: DateTimeOffset.UtcNow);
        Assert.Equal("X2", (await Outbox.Read(id)).ExternalId);
    }

    [Fact]
    public async Task without_an_answer_two_echoes_of_this_content_are_nobodys()
    {
        await Outbox.Open();
        Outbox.OnSend(async (_, _) =>
        {
            await Outbox.Echo("X1", "hello");
            await Outbox.Echo("X2", "hello");
            throw new GatewayException(GatewayFault.Unknown, "timed out");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        await Chat.AssertCount(Chat.Known, 3);
        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.OutcomeUnknown, false), (message.Status, message.IsNamed));
    }

    [Fact]
    public async Task an_echo_long_after_an_unknown_outcome_is_the_send()
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Unknown, "timed out"));
        var id = await Outbox.Queue("hello");
        await Outbox.Drain();
        Assert.Equal(MessageStatus.OutcomeUnknown, (await Outbox.Read(id)).Status);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Outbox.Echo("X1", "hello")));

        await Chat.AssertKept(Chat.Known, ["X1"]);
        Assert.Equal((MessageStatus.Sent, null), (await Outbox.Read(id)) is var m ? (m.Status, m.Error) : default);
    }

    [Fact]
    public async Task an_echo_is_not_taken_for_one_of_two_unknown_sends_of_the_same_content()
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Unknown, "timed out"));
        await Outbox.Queue("hello");
        await Outbox.Queue("hello");
        await Outbox.Drain();

        await Outbox.Echo("X1", "hello");

        await Chat.AssertCount(Chat.Known, 3);
    }

    [Fact]
    public async Task where_the_answer_names_a_message_that_is_kept_already_the_send_takes_its_id()
    {
        await Outbox.Open();
        var token = Guid.NewGuid();
        var id = await Outbox.Queue("hello");
        await Outbox.Conversation().Leave(id, token);

        // Its text was changed on the way, so that it was not known for an echo; a receipt came too.
        await Outbox.Echo("X1", "hello (changed)");
        await Outbox.Conversation().Apply(new ApplyRequest(null, [new Domain.Conversations.ChangeItem(Chat.Read("X1"), Outbox.SessionId, Direction.Out, null)]));
        await Outbox.Conversation().Settle(new SettleRequest(id, token, SendResult.Accepted) { ExternalId = "X1" });

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Read, "X1", 1L), (message.Status, message.ExternalId, message.Sequence));
        var head = await Chat.Head(Chat.Known);
        Assert.Equal((2L, 1L), (head.LastSequence, head.MessageCount));
        Assert.Null((await Chat.Rows(Chat.Known))[1].Message);
        await Outbox.Echo("X1", "hello (changed)");
        Assert.Equal(2, (await Chat.Rows(Chat.Known)).Length);
    }

    [Fact]
    public async Task a_receipt_before_the_answer_waits_for_the_name()
    {
        await Outbox.Open();
        var changes = Cluster.Get<Ingest.ChangeRouter>();
        Outbox.OnSend(async (message, _) =>
        {
            await Outbox.InTenant(() => changes.Route(Tenant, Outbox.SessionId, [Chat.Read("X1")], Stop));
            return Outbox.Take(message, "X1");
        });

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        Assert.Equal(MessageStatus.Read, (await Outbox.Until(id, static m => m.Status == MessageStatus.Read)).Status);
    }
}
