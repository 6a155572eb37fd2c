using System.Collections.Concurrent;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class SendingTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly Address Group = Address.Parse("120363025246125888@g.us");

    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    [Fact]
    public async Task a_message_is_durable_and_leaving_when_the_gateway_is_asked()
    {
        await Outbox.Open();
        ConversationHead? seen = null;
        Outbox.OnSend(async (message, _) =>
        {
            seen = await Chat.Head(Chat.Known);
            return Outbox.Take(message);
        });

        var id = await Outbox.Queue("hello");
        Assert.Equal((MessageStatus.Pending, 1L, false), (await Outbox.Read(id)) is var m ? (m.Status, m.Sequence, m.IsNamed) : default);
        await Outbox.Drain();

        var send = Assert.Single(seen!.Sends);
        Assert.Equal((id, SendState.Leaving), (send.MessageId, send.State));
        var sent = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Pending, true), (sent.Status, sent.IsNamed));
        Assert.Empty((await Chat.Head(Chat.Known)).Sends);
        Assert.Single(Outbox.Asked);
    }

    [Fact]
    public async Task acceptance_is_sent_in_a_group_where_no_receipt_ever_comes()
    {
        await Outbox.Open();

        var id = await Outbox.Queue("hello all", Group);
        await Outbox.Drain();

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Sent, (DateTimeOffset?)Chat.Start), (message.Status, message.Times.SentAt));
    }

    [Fact]
    public async Task sends_of_a_conversation_leave_one_after_another_in_their_order()
    {
        await Outbox.Open();
        var underWay = new ConcurrentDictionary<Address, int>();
        var (most, atOnce) = (0, 0);
        Outbox.OnSend(async (message, _) =>
        {
            most = Math.Max(most, underWay.AddOrUpdate(message.To, 1, static (_, n) => n + 1));
            atOnce = Math.Max(atOnce, underWay.Values.Sum());
            await Task.Delay(5);
            underWay.AddOrUpdate(message.To, 0, static (_, n) => n - 1);
            return Outbox.Take(message);
        });

        var people = Enumerable.Range(0, 4).Select(static n => Address.Parse($"55119876500{n:00}")).ToList();
        await Task.WhenAll(people.Select(async person =>
        {
            for (var i = 0; i < 8; i++)
            {
                await Outbox.Queue($"{i}", person);
                _ = Outbox.Sender(i).Run();
            }
        }));
        await Outbox.Drain();

        foreach (var person in people)
        {
            Assert.Equal(Enumerable.Range(0, 8).Select(static n => $"{n}"), Outbox.Asked.Where(m => m.To == person).Select(static m => m.Content.Text));
        }

        Assert.Equal(1, most);
        Assert.InRange(atOnce, 2, 4);
    }

    [Fact]
    public async Task what_waits_for_a_session_that_is_not_open_holds_up_no_other_one_of_the_line()
    {
        await Outbox.Open();
        await Outbox.Open(SessionStatus.Close, sessionId: "former");
        var waiting = await Outbox.Queue("by the former one", sessionId: "former");

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        Assert.True((await Outbox.Read(id)).IsNamed);
        Assert.Equal(["hello"], Outbox.Asked.Select(static m => m.Content.Text));
        Assert.Equal((MessageStatus.Pending, false), (await Outbox.Read(waiting)) is var m ? (m.Status, m.IsNamed) : default);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(30)] // a turn every two seconds: not each may be spent on what cannot leave
    public async Task what_waits_for_another_open_session_goes_first_and_others_do_not_wait_with_it(int? perMinute)
    {
        await Outbox.Open(perMinute: perMinute);
        await Outbox.Open(sessionId: "other");
        var other = Address.Parse("5511987650099");
        await Outbox.Queue("first", sessionId: "other");
        var second = await Outbox.Queue("second");
        var elsewhere = await Outbox.Queue("elsewhere", other);

        await Outbox.Sender().Run();
        await Outbox.Until(elsewhere, static m => m.IsNamed);
        Assert.False((await Outbox.Read(second)).IsNamed);
        await Cluster.Factories[0].GetGrain<ISenderGrain>(GrainKey.Of(Tenant, "other")).Run();
        await Outbox.Drain();

        Assert.Equal(["first", "second"], Outbox.Asked.Where(m => m.To == Chat.Phone).Select(static m => m.Content.Text));
    }

    [Fact]
    public async Task what_was_queued_for_another_number_of_the_line_does_not_leave_from_the_new_one()
    {
        await Outbox.Open();
        var id = await Outbox.Queue("hello");
        await Outbox.Open(number: Address.Parse("5511987650098"));
        await Outbox.Drain();

        Assert.Equal((MessageStatus.Failed, "other_number"), (await Outbox.Read(id)) is var m ? (m.Status, m.Error?.Code) : default);
        Assert.Empty(Outbox.Asked);
    }

    [Theory]
    [InlineData(GatewayFault.Unauthorized, "gateway_unauthorized")]
    [InlineData(GatewayFault.InstanceMissing, "instance_missing")]
    [InlineData(GatewayFault.NotOnWhatsApp, "not_on_whatsapp")]
    [InlineData(GatewayFault.Refused, "gateway_refused")]
    [InlineData(GatewayFault.Unsupported, "gateway_refused")]
    public async Task what_a_gateway_refuses_for_good_fails(GatewayFault fault, string code)
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(fault, "no"));

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Failed, code), (message.Status, message.Error!.Code));
        Assert.Single(Outbox.Asked);
    }

    [Theory]
    [InlineData(GatewayFault.Unreachable)]
    [InlineData(GatewayFault.Busy)]
    [InlineData(GatewayFault.NotConnected)]
    public async Task what_did_not_reach_the_gateway_is_tried_again(GatewayFault fault)
    {
        await Outbox.Open();
        Outbox.OnSend((message, call) => call < 3 ? throw new GatewayException(fault, "later") : Task.FromResult(Outbox.Take(message)));

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();

        Assert.True((await Outbox.Read(id)).IsNamed);
        Assert.Equal(3, Outbox.Asked.Count);
    }

    [Fact]
    public async Task what_cannot_leave_in_time_expires_and_says_what_was_in_the_way()
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Busy, "later"));

        var id = await Outbox.Queue("hello", life: TimeSpan.FromSeconds(5));
        await Outbox.Drain();

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Failed, "gateway_busy"), (message.Status, message.Error!.Code));
    }

    [Fact]
    public async Task a_queue_waits_for_its_session_and_expires_without_it()
    {
        await Outbox.Open(SessionStatus.Close);

        var id = await Outbox.Queue("hello", life: TimeSpan.FromSeconds(1));
        await Outbox.Drain();

        Assert.Equal("expired", (await Outbox.Read(id)).Error!.Code);
        Assert.Empty(Outbox.Asked);
    }

    [Fact]
    public async Task what_is_over_expires_wherever_it_stands_in_the_queue()
    {
        await Outbox.Open(SessionStatus.Close);
        for (var i = 0; i < 250; i++)
        {
            await Outbox.Queue($"{i}", Address.Parse($"55119876501{i / 50:00}"));
        }

        var last = await Outbox.Queue("soon over", life: TimeSpan.FromSeconds(1));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await Outbox.Read(last)).Status == MessageStatus.Pending)
        {
            await Outbox.Sender().Run();
            await Task.Delay(50, patience.Token);
        }

        Assert.Equal("expired", (await Outbox.Read(last)).Error!.Code);
    }

    [Fact]
    public async Task an_unknown_outcome_is_never_tried_again()
    {
        await Outbox.Open();
        Outbox.OnSend((_, _) => throw new GatewayException(GatewayFault.Unknown, "timed out"));

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();
        await Outbox.Sender(1).Run();
        await Outbox.Sender(2).Run();

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.OutcomeUnknown, "outcome_unknown"), (message.Status, message.Error!.Code));
        Assert.Single(Outbox.Asked);
    }

    [Fact]
    public async Task a_message_to_another_person_than_meant_fails_and_does_not_take_the_id()
    {
        await Outbox.Open();
        var stranger = Address.Parse("5511987650099");
        Outbox.OnSend((message, _) => Task.FromResult(Outbox.Take(message, "ASTRAY") with { To = stranger }));

        var id = await Outbox.Queue("hello");
        await Outbox.Drain();
        await Outbox.Echo("ASTRAY", "hello", stranger);

        var message = await Outbox.Read(id);
        Assert.Equal((MessageStatus.Failed, "wrong_recipient", false), (message.Status, message.Error!.Code, message.IsNamed));
        await Chat.AssertKept(ConversationId.Of(Chat.Line, stranger), ["ASTRAY"]);
    }

    [Fact]
    public async Task pacing_spreads_the_sends_of_a_session()
    {
        await Outbox.Open(perMinute: 120);
        var times = new ConcurrentQueue<DateTimeOffset>();
        Outbox.OnSend((message, _) =>
        {
            times.Enqueue(DateTimeOffset.UtcNow);
            return Task.FromResult(Outbox.Take(message));
        });

        for (var i = 0; i < 4; i++)
        {
            await Outbox.Queue($"{i}", Address.Parse($"551198765001{i}"));
        }

        var began = DateTimeOffset.UtcNow;
        await Outbox.Drain();

        // Each has its turn half a second after the one before. Any of them may be held up on its way: what is between two of them tells nothing.
        var all = times.Order().ToArray();
        Assert.Equal(4, all.Length);
        Assert.All(all.Select((at, i) => (At: at, Turn: 0.5 * i)), sent => Assert.True((sent.At - began).TotalSeconds >= sent.Turn - 0.1));
    }

    [Fact]
    public async Task a_message_is_queued_once_however_often_it_is_asked_for()
    {
        await Outbox.Open();
        var id = Guid.CreateVersion7();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Outbox.Conversation(silo: i).Queue(Outbox.Order(id, "hello"))));
        await Outbox.Drain();
        var again = await Outbox.Conversation().Queue(Outbox.Order(id, "hello"));

        Assert.Single(replies, static r => r.Outcome == QueueOutcome.Queued);
        Assert.All(replies, r => Assert.Equal(id, r.Message!.Id));
        Assert.Equal((QueueOutcome.Known, true), (again.Outcome, again.Message!.IsNamed));
        Assert.Single(Outbox.Asked);
    }

    [Fact]
    public async Task more_than_may_wait_in_a_conversation_are_refused()
    {
        await Outbox.Open(SessionStatus.Close);
        for (var i = 0; i < ConversationDraft.MostWaiting; i++)
        {
            await Outbox.Queue($"{i}");
        }

        Assert.Equal(QueueOutcome.Full, (await Outbox.Conversation().Queue(Outbox.Order(Guid.CreateVersion7(), "one more"))).Outcome);
    }

    [Fact]
    public async Task a_queued_message_can_be_cancelled_and_one_that_left_cannot()
    {
        await Outbox.Open();
        var (first, second) = (await Outbox.Queue("first"), await Outbox.Queue("second"));
        Assert.Equal(LeaveOutcome.Leaving, (await Outbox.Conversation().Leave(first, Guid.NewGuid())).Outcome);

        Assert.False((await Outbox.Conversation().Cancel(first)).Done);
        var cancelled = await Outbox.Conversation().Cancel(second);
        Assert.False((await Outbox.Conversation().Cancel(second)).Done);

        Assert.Equal((true, MessageStatus.Failed, "cancelled"), (cancelled.Done, cancelled.Message!.Status, cancelled.Message.Error!.Code));
        Assert.Equal(LeaveOutcome.Done, (await Outbox.Conversation().Leave(second, Guid.NewGuid())).Outcome);
    }

    [Fact]
    public async Task a_cancellation_whose_answer_was_lost_has_cancelled()
    {
        await Outbox.Open(SessionStatus.Close);
        var id = await Outbox.Queue("hello");
        Cluster.Store.OnNextCommit(Tenant, ConversationId.Of(Chat.Line, Chat.Phone), static async real =>
        {
            await real();
            throw new StoreOutcomeUnknownException("lost");
        });

        Assert.True(await Cancel(Chat.Phone, id));
        Assert.Equal("cancelled", (await Outbox.Read(id)).Error!.Code);
        Assert.False(await Cancel(Chat.Phone, id));
    }

    /// <summary>It has not left, and nobody is told that it has.</summary>
    [Fact]
    public async Task what_a_sealed_conversation_has_queued_can_be_cancelled_once_it_is_taken_over()
    {
        await Outbox.Open(SessionStatus.Close);
        var id = await Outbox.Queue("queued", Chat.Lid);
        await Chat.Keep(Chat.Known, "M1");
        Assert.Equal(SealOutcome.Sealed, (await Outbox.Conversation(Chat.Lid).Seal(new SealRequest(Chat.Known, true, Chat.Start))).Outcome);
        await Assert.ThrowsAsync<RetryableException>(() => Cancel(Chat.Lid, id));

        await Cluster.Get<IWorkList>().Leave(Tenant, [new Domain.Work.Merge(Chat.Known, Chat.Hidden)], DateTimeOffset.UtcNow, Stop);
        while ((await Cluster.Store.FindById(Tenant, id, Stop))!.ConversationId != Chat.Known)
        {
            await Cluster.Factories[1].GetGrain<ITenantWorkerGrain>(Tenant).Run();
            await Task.Delay(20, Stop);
        }

        Assert.True(await Cancel(Chat.Lid, id));
        Assert.Equal("cancelled", (await Outbox.Read(id)).Error!.Code);
    }

    [Fact]
    public async Task whoever_finds_a_send_leaving_never_sends_it()
    {
        await Outbox.Open();
        var id = await Outbox.Queue("hello");
        var token = Guid.NewGuid();
        Assert.Equal(LeaveOutcome.Leaving, (await Outbox.Conversation().Leave(id, token)).Outcome);
        Assert.Equal(LeaveOutcome.Leaving, (await Outbox.Conversation(silo: 1).Leave(id, token)).Outcome);
        Assert.Equal(LeaveOutcome.Done, (await Outbox.Conversation().Leave(id, Guid.NewGuid())).Outcome);

        // Its maker is gone: after its time nobody knows.
        await Outbox.Drain();
        Assert.Equal(MessageStatus.OutcomeUnknown, (await Outbox.Read(id)).Status);
        Assert.Empty(Outbox.Asked);

        // It was only slow, and tells better.
        var late = await Outbox.Conversation().Settle(new SettleRequest(id, token, SendResult.Accepted) { ExternalId = "LATE" });
        var message = await Outbox.Read(id);
        Assert.True(late.Done);
        Assert.Equal((MessageStatus.Sent, "LATE", null), (message.Status, message.ExternalId, message.Error));
        Assert.Null(message.Times.FailedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_commit_without_a_clear_answer_at_any_step_sends_once(bool happened)
    {
        await Outbox.Open();
        for (var step = 1; step <= 3; step++)
        {
            var id = Guid.CreateVersion7();
            if (step == 1)
            {
                Trouble(happened);
                await Assert.ThrowsAsync<RetryableException>(() => Outbox.Conversation().Queue(Outbox.Order(id, $"{step}")));
            }

            await Outbox.Conversation().Queue(Outbox.Order(id, $"{step}"));
            if (step == 2)
            {
                // The commit by which it leaves.
                Trouble(happened);
            }

            if (step == 3)
            {
                // The commit of the gateway's answer.
                Outbox.OnSend((message, _) =>
                {
                    Trouble(happened);
                    return Task.FromResult(Outbox.Take(message));
                });
            }

            await Outbox.Drain();
            Assert.True((await Outbox.Read(id)).IsNamed, $"step {step}");
            Assert.Single(Outbox.Asked, m => m.Content.Text == $"{step}");
        }

        Assert.Equal(3, (await Chat.Rows(Chat.Known)).Length);
    }

    [Fact]
    public async Task deleting_cancels_what_is_queued_and_covers_what_is_leaving()
    {
        await Outbox.Open();
        var token = Guid.NewGuid();
        var leaving = await Outbox.Queue("leaving");
        await Outbox.Queue("queued");
        await Outbox.Conversation().Leave(leaving, token);

        Assert.True((await Outbox.Conversation().Delete()).Found);
        await Outbox.Conversation().Settle(new SettleRequest(leaving, token, SendResult.Accepted) { ExternalId = "GONE" });
        await Work();
        await Outbox.Echo("GONE", "leaving");

        Assert.All(await Chat.Rows(Chat.Known), static row => Assert.Null(row.Message));
        var head = await Chat.Head(Chat.Known);
        Assert.Equal((2L, 0L), (head.LastSequence, head.MessageCount));
        Assert.Empty(head.Sends);
        await Outbox.Drain();
        Assert.Empty(Outbox.Asked);
    }

    [Theory]
    [InlineData(SendResult.NotSent)]
    [InlineData(SendResult.Failed)]
    [InlineData(SendResult.Unknown)]
    public async Task what_was_leaving_when_its_conversation_was_deleted_never_comes_back(SendResult result)
    {
        await Outbox.Open();
        var token = Guid.NewGuid();
        var leaving = await Outbox.Queue("leaving");
        await Outbox.Conversation().Leave(leaving, token);
        Assert.True((await Outbox.Conversation().Delete()).Found);
        await Work();
        await Outbox.Conversation().Settle(new SettleRequest(leaving, token, result)
        {
            Error = result == SendResult.Failed ? SendErrors.Expired : null,
        });

        await Work();
        Assert.All(await Chat.Rows(Chat.Known), static row => Assert.Null(row.Message));
        Assert.Empty((await Chat.Head(Chat.Known)).Sends);
        await Outbox.Drain();
        Assert.Empty(Outbox.Asked);
    }

    [Fact]
    public async Task other_conversations_do_not_wait_for_a_gateway_that_takes_its_time_with_one()
    {
        await Outbox.Open();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Outbox.OnSend(async (message, _) =>
        {
            if (message.Content.Text == "slow")
            {
                await answer.Task;
            }

            return Outbox.Take(message);
        });
        var slow = await Outbox.Queue("slow");
        await Outbox.Sender().Run();
        while (Outbox.Asked.Count == 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var other = await Outbox.Queue("other", Address.Parse("5511987650099"));
        await Outbox.Sender().Run();
        await Outbox.Until(other, static m => m.IsNamed);
        answer.SetResult();
        await Outbox.Until(slow, static m => m.IsNamed);
    }

    [Fact]
    public async Task a_conversation_with_a_leaving_send_is_not_sealed_and_queued_sends_leave_after_the_merge()
    {
        await Outbox.Open();
        var token = Guid.NewGuid();
        var leaving = await Outbox.Queue("leaving", Chat.Lid);
        var queued = await Outbox.Queue("queued", Chat.Lid);
        await Outbox.Conversation(Chat.Lid).Leave(leaving, token);
        await Chat.Keep(Chat.Known, "M1");
        await Outbox.Open(SessionStatus.Close);

        var seal = new SealRequest(Chat.Known, true, Chat.Start);
        Assert.Equal(SealOutcome.Busy, (await Outbox.Conversation(Chat.Lid).Seal(seal)).Outcome);
        await Outbox.Conversation(Chat.Lid).Settle(new SettleRequest(leaving, token, SendResult.Accepted) { ExternalId = "SENT" });
        await Cluster.Get<IWorkList>().Leave(Tenant, [new Domain.Work.Merge(Chat.Known, Chat.Hidden)], DateTimeOffset.UtcNow, Stop);
        await MergedInto(Chat.Hidden);
        await Outbox.Open();
        await Outbox.Drain();

        var kept = await Cluster.Store.FindById(Tenant, queued, Stop);
        Assert.Equal((Chat.Known, true), (kept!.ConversationId, kept.Message!.IsNamed));
        Assert.Equal("queued", Assert.Single(Outbox.Asked).Content.Text);
        Assert.Equal(Chat.Phone, Outbox.Asked[0].To);
    }

    private async Task<bool> Cancel(Address to, Guid messageId)
    {
        var cancelled = false;
        await Outbox.InTenant(async () =>
            cancelled = await Cluster.Get<Sending>().Cancel(Tenant, ConversationId.Of(Chat.Line, to), messageId, Stop));
        return cancelled;
    }

    private async Task MergedInto(string from)
    {
        // The queue keeps its to-do as long as the session is closed: this waits for the merge alone.
        while ((await Chat.Head(from)).MergedInto is null || !(await Chat.Head(Chat.Known)).TakingOver.IsEmpty)
        {
            await Cluster.Factories[1].GetGrain<ITenantWorkerGrain>(Tenant).Run();
            await Task.Delay(20, Stop);
        }
    }

    private void Trouble(bool happened) => Cluster.Store.OnNextCommit(Tenant, Chat.Known, async real =>
    {
        if (happened)
        {
            await real();
        }

        throw new StoreOutcomeUnknownException("lost");
    });
}
