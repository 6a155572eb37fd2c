using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Sends;

namespace Parley.Domain.Tests.Conversations;

public sealed class SendDraftTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Address Line = Address.Parse("4915700000001");
    private static readonly Address Phone = Address.Parse("4915700000002");
    private static readonly SendReport Answer = new("W1", Noon.AddSeconds(5), null);
    private readonly Guid _token = Guid.CreateVersion7();

    [Fact]
    public void what_waits_where_a_deleted_conversation_takes_over_leaves_the_queue()
    {
        var queued = Queue("hidden");
        var into = Draft(Begin("known"));
        into.BeginTakeOver(queued.Head with { MergedInto = "known" });
        into.Delete();

        var taking = Draft(into.ToCommit("acme").Head);
        taking.Take("hidden", 1, queued.Added[0], null);

        Assert.Contains(queued.Added[0].Id, taking.ToCommit("acme").Dequeued);
    }

    [Fact]
    public void a_merge_keeps_the_send_and_its_echo_gives_the_id_up()
    {
        var queued = Queue("hidden");
        var send = Accept(queued);
        var echo = Echo(Begin("known"));
        var taking = Draft(echo.Head);
        taking.BeginTakeOver(queued.Head with { MergedInto = "known" });

        taking.Take("hidden", 1, send, new KnownMessage(1, echo.Added[0]));

        var commit = taking.ToCommit("acme");
        var kept = Assert.Single(commit.Moved).Message!;
        Assert.Equal((send.Id, "W1", MessageStatus.Delivered), (kept.Id, kept.ExternalId, kept.Status));
        Assert.Equal([1L], commit.Released);
        Assert.Equal(1, commit.Head.OutboundCount);
        Assert.Contains(commit.Events, e => e.Type == EventType.MessageDeleted && e.MessageId == echo.Added[0].Id);
    }

    [Fact]
    public void a_double_that_a_merge_folds_is_told_to_be_gone()
    {
        var there = Echo(Begin("known"));
        var doubled = Echo(Begin("hidden"));
        var taking = Draft(there.Head);
        taking.BeginTakeOver(doubled.Head with { MergedInto = "known" });

        taking.Take("hidden", 1, doubled.Added[0], new KnownMessage(1, there.Added[0]));

        var gone = Assert.Single(taking.ToCommit("acme").Events, static e => e.Type == EventType.MessageDeleted);
        Assert.Equal(doubled.Added[0].Id, gone.MessageId);
    }

    /// <summary>Two own lines that write to each other share the conversation, and say the same at times.</summary>
    [Fact]
    public void what_the_other_own_line_writes_is_no_echo_of_a_lost_send()
    {
        var queued = Queue("known");
        var lost = Draft(queued.Head);
        lost.MakeLeave(queued.Head.Sends[0], _token);
        lost.LoseSight(lost.Head.Sends[0], new KnownMessage(1, queued.Added[0]), SendErrors.OutcomeUnknown);
        var draft = Draft(lost.ToCommit("acme").Head);

        var own = Delivery() with { SessionId = "s1", From = Line, To = Phone };
        Assert.NotNull(draft.FindUnknown(own));
        Assert.NotNull(draft.FindUnknown(own with { SessionId = "another session of the line" }));
        Assert.Null(draft.FindUnknown(own with { SessionId = "s2", From = Phone, To = Line }));
    }

    [Fact]
    public void what_was_deleted_while_it_was_leaving_does_not_wait_again()
    {
        var queued = Queue("known");
        var leaving = Draft(queued.Head);
        leaving.MakeLeave(queued.Head.Sends[0], _token);
        leaving.Delete();

        var back = Draft(leaving.ToCommit("acme").Head);
        back.Requeue(back.Head.Sends[0], null);

        var commit = back.ToCommit("acme");
        Assert.Empty(commit.Head.Sends);
        Assert.Equal([queued.Added[0].Id], commit.Dequeued);
        Assert.Contains(commit.Leaves, work => work is Domain.Work.Erase);
    }

    [Fact]
    public void a_send_counts_as_of_the_time_that_a_gateway_tells()
    {
        var queued = Queue("known");
        var named = Draft(queued.Head);
        named.Accept(queued.Head.Sends[0], new KnownMessage(1, queued.Added[0]), Answer with { Timestamp = null }, null);
        var untimed = named.ToCommit("acme");

        var echo = Draft(untimed.Head);
        echo.Keep(Delivery(), new KnownMessage(1, untimed.Changed[0]));

        Assert.Equal(Noon, untimed.Changed[0].Timestamp);
        Assert.Equal(Delivery().Timestamp, echo.ToCommit("acme").Changed[0].Timestamp);
        Assert.Equal(Delivery().Timestamp, echo.Head.LastActivityAt);
    }

    [Fact]
    public void the_last_activity_is_the_gateways_time_of_a_send_also_where_the_local_clock_was_ahead()
    {
        var queued = Queue("known");
        var named = Draft(queued.Head);
        named.Accept(queued.Head.Sends[0], new KnownMessage(1, queued.Added[0]), Answer with { Timestamp = Noon.AddMinutes(-2) }, null);

        Assert.Equal(Noon, queued.Head.LastActivityAt);
        Assert.Equal(Noon.AddMinutes(-2), named.ToCommit("acme").Changed[0].Timestamp);
        Assert.Equal(Noon.AddMinutes(-2), named.Head.LastActivityAt);
    }

    /// <summary>A gateway of version 1 lists what it was asked to send, and no statuses.</summary>
    [Theory]
    [InlineData(true, MessageStatus.Pending)]
    [InlineData(false, MessageStatus.Sent)]
    public void what_a_gateway_only_lists_is_not_sent_for_that(bool isOnlyListed, MessageStatus status)
    {
        var queued = Queue("known");
        var send = Accept(queued);
        Assert.Equal(MessageStatus.Pending, send.Status);
        var draft = Draft(queued.Head);

        draft.Keep(
            Delivery() with { Origin = MessageOrigin.Sync, Status = MessageStatus.Sent, IsOnlyListed = isOnlyListed }, new KnownMessage(1, send));

        var kept = draft.ToCommit("acme").Changed.SingleOrDefault() ?? send;
        Assert.Equal(status, kept.Status);
    }

    private static ConversationDraft Draft(ConversationHead head) => new(head, Noon, Guid.CreateVersion7);

    private static ConversationHead Begin(string id) =>
        ConversationDraft.Begin(id, new ConversationOpening(ConversationKind.Direct, Line, Party.Of(Phone), null, []), Noon);

    private static ConversationCommit Queue(string id)
    {
        var draft = Draft(Begin(id));
        draft.Queue(new SendOrder(
            Guid.CreateVersion7(), "s1", Line, Phone, new MessageContent { Type = MessageType.Text, Text = "hello" }, Noon.AddMinutes(10)));
        return draft.ToCommit("acme");
    }

    private static Message Accept(ConversationCommit queued)
    {
        var draft = Draft(queued.Head);
        draft.Accept(queued.Head.Sends[0], new KnownMessage(1, queued.Added[0]), Answer, null);
        return draft.ToCommit("acme").Changed[0];
    }

    private static ConversationCommit Echo(ConversationHead head)
    {
        var draft = Draft(head);
        draft.Keep(Delivery() with { Status = MessageStatus.Delivered }, null);
        return draft.ToCommit("acme");
    }

    private static IncomingMessage Delivery() => new()
    {
        ExternalId = "W1",
        Direction = Direction.Out,
        Origin = MessageOrigin.Live,
        Status = MessageStatus.Pending,
        SessionId = "s1",
        From = Line,
        To = Phone,
        Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
        Timestamp = Noon.AddSeconds(5),
        ReceivedAt = Noon.AddSeconds(5),
    };
}
