using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The queues of sends, and echoes that wait for them.</summary>
public abstract class SendQueueContract(IStoreFixture fixture) : StoreTests(fixture)
{
    private static readonly Address Line = Address.Parse("5511900000000");
    private static readonly Address OtherLine = Address.Parse("5511900000001");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Sends_of_a_session_are_listed_in_the_order_of_their_ids(int limit)
    {
        var (one, two) = await Two();
        var sends = Enumerable.Range(0, 7).Select(i => NewSend(i % 2 == 0 ? one : two)).ToList();
        await Queue(two, [.. sends.Where(send => send.ConversationId == two.Id).Reverse(), NewSend(two, "shop-2")]);
        await Queue(one, [.. sends.Where(send => send.ConversationId == one.Id).Reverse()]);
        await QueueElsewhere();

        var listed = new List<QueuedSend>();
        while (true)
        {
            var page = await Store.Sends.ListSends(Tenant, "shop-1", listed.LastOrDefault()?.MessageId, limit, Token);
            listed.AddRange(page);
            if (page.Count < limit)
            {
                break;
            }

            Assert.Equal(limit, page.Count);
        }

        Assert.Equal(sends, listed);
        Assert.Empty(await Store.Sends.ListSends(Tenant, "none", null, 5, Token));
    }

    [Fact]
    public async Task Sends_of_a_session_are_counted_up_to_a_number()
    {
        var (one, two) = await Two();
        await Queue(one, NewSend(one), NewSend(one) with { State = SendState.Leaving });
        await Queue(two, NewSend(two), NewSend(two, "shop-2"));
        await QueueElsewhere();

        Assert.Equal(3, await Store.Sends.CountSends(Tenant, "shop-1", 1000, Token));
        Assert.Equal(3, await Store.Sends.CountSends(Tenant, "shop-1", 3, Token));
        Assert.Equal(2, await Store.Sends.CountSends(Tenant, "shop-1", 2, Token));
        Assert.Equal(0, await Store.Sends.CountSends(Tenant, "shop-1", 0, Token));
        Assert.Equal(0, await Store.Sends.CountSends(Tenant, "none", 5, Token));
    }

    [Fact]
    public async Task A_send_follows_its_conversation_and_its_session()
    {
        var (one, two) = await Two();
        var send = NewSend(one);
        await Queue(one, send);
        var moved = send with
        {
            ConversationId = two.Id,
            Sequence = 7,
            SessionId = "shop-2",
            State = SendState.Leaving,
            Since = Now.AddTicks(1234567),
        };
        await Queue(two, moved);

        Assert.Empty(await Store.Sends.ListSends(Tenant, "shop-1", null, 5, Token));
        Assert.Equal(moved, Assert.Single(await Store.Sends.ListSends(Tenant, "shop-2", null, 5, Token)));
    }

    [Fact]
    public async Task A_send_leaves_the_queue_and_one_that_is_in_none_does_no_harm()
    {
        var (one, two) = await Two();
        var (first, second) = (NewSend(one), NewSend(one) with { State = SendState.Leaving });
        await Queue(one, first, second);
        var elsewhere = await QueueElsewhere();
        await Commit(elsewhere.Set(head => head) with { Dequeued = [first.MessageId] });
        Assert.Equal(2, (await Store.Sends.ListSends(Tenant, "shop-1", null, 5, Token)).Count);

        await Commit(two.Set(head => head) with { Dequeued = [second.MessageId, Ids.Next(Now)] });
        Assert.Equal(first, Assert.Single(await Store.Sends.ListSends(Tenant, "shop-1", null, 5, Token)));
        Assert.Empty(await Store.Sends.ListLeaving(Tenant, Line, Token));
    }

    [Fact]
    public async Task A_commit_that_does_not_happen_leaves_the_queue_as_it_was()
    {
        var (one, two) = await Two();
        var send = NewSend(one);
        await Queue(one, send);
        var stale = two.Set(head => head with { Version = head.Version + 5 }) with { Queued = [NewSend(two)], Dequeued = [send.MessageId] };

        Assert.Equal(CommitResult.Stale, await Store.Conversations.Commit(stale, Token));
        Assert.Equal(send, Assert.Single(await Store.Sends.ListSends(Tenant, "shop-1", null, 5, Token)));
    }

    [Fact]
    public async Task What_leaves_a_line_is_found_while_it_leaves()
    {
        var (one, two) = await Two();
        var leaving = NewSend(one) with { State = SendState.Leaving };
        var ofOtherSession = NewSend(two, "shop-2") with { State = SendState.Leaving };
        await Queue(two, ofOtherSession, NewSend(two) with { State = SendState.Leaving, Line = OtherLine });
        await Queue(one, NewSend(one), leaving);
        await QueueElsewhere();

        Assert.Equal([leaving, ofOtherSession], await Store.Sends.ListLeaving(Tenant, Line, Token));
        await Queue(one, leaving with { State = SendState.Queued });
        Assert.Equal([ofOtherSession], await Store.Sends.ListLeaving(Tenant, Line, Token));
        await Commit(two.Set(head => head) with { Dequeued = [ofOtherSession.MessageId] });
        Assert.Empty(await Store.Sends.ListLeaving(Tenant, Line, Token));
    }

    [Fact]
    public async Task What_has_been_leaving_for_long_is_found_in_every_tenant()
    {
        var (one, two) = await Two();
        var elsewhere = NewTalk(3, OtherTenant);
        await Commit(elsewhere.Say());
        var old = NewSend(one) with { State = SendState.Leaving, Since = Now.AddMinutes(-2) };
        var older = NewSend(elsewhere) with { State = SendState.Leaving, Since = Now.AddMinutes(-3) };
        var young = NewSend(two) with { State = SendState.Leaving, Since = Now.AddMinutes(-1) };
        await Queue(one, old, NewSend(one) with { Since = Now.AddMinutes(-5) });
        await Queue(elsewhere, older);
        await Queue(two, young);

        Assert.Equal([(OtherTenant, older), (Tenant, old)], await Store.Sends.ListLeaving(Now.AddMinutes(-1), 5, Token));
        Assert.Equal([(OtherTenant, older)], await Store.Sends.ListLeaving(Now, 1, Token));
        Assert.Equal(
            [(OtherTenant, older), (Tenant, old), (Tenant, young)], await Store.Sends.ListLeaving(Now.AddMinutes(-1).AddTicks(1), 5, Token));
    }

    [Fact]
    public async Task An_echo_comes_back_with_every_field()
    {
        var direct = NewEcho("direct");
        var group = NewEcho("group") with { Contact = null, Group = Address.Parse("120363000000000001@g.us") };
        await Store.Sends.ParkEcho(Tenant, direct, Token);
        await Store.Sends.ParkEcho(Tenant, group, Token);

        Same.Values([direct, group], (await Store.Sends.ListEchoes(Tenant, Line, 5, Token)).Select(kept => kept.Echo));
    }

    [Fact]
    public async Task The_same_delivery_of_an_echo_is_kept_once()
    {
        var echo = NewEcho("x");
        var again = echo with { ParkedAt = Now.AddMinutes(1), Message = echo.Message with { ReceivedAt = Now.AddMinutes(1) } };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.Sends.ParkEcho(Tenant, i % 2 == 0 ? echo : again, Token)));
        Assert.Single(await Store.Sends.ListEchoes(Tenant, Line, 5, Token));

        var other = echo with { Message = echo.Message with { Content = new MessageContent { Type = MessageType.Text, Text = "other" } } };
        await Store.Sends.ParkEcho(Tenant, other, Token);
        await Store.Sends.ParkEcho(OtherTenant, echo, Token);
        Assert.Equal(2, (await Store.Sends.ListEchoes(Tenant, Line, 5, Token)).Count);
        Assert.Single(await Store.Sends.ListEchoes(OtherTenant, Line, 5, Token));
    }

    [Fact]
    public async Task Echoes_of_a_line_are_listed_oldest_first_until_they_are_removed()
    {
        for (var i = 0; i < 4; i++)
        {
            await Store.Sends.ParkEcho(Tenant, NewEcho($"{i}"), Token);
            await Store.Sends.ParkEcho(Tenant, NewEcho($"{i}") with { Line = OtherLine }, Token);
        }

        Assert.Equal(["0", "1"], (await Store.Sends.ListEchoes(Tenant, Line, 2, Token)).Select(kept => kept.Echo.Message.ExternalId));
        var all = await Store.Sends.ListEchoes(Tenant, Line, 50, Token);
        Assert.Equal(["0", "1", "2", "3"], all.Select(kept => kept.Echo.Message.ExternalId));

        await Store.Sends.RemoveEcho(OtherTenant, all[0].Id, Token);
        await Store.Sends.RemoveEcho(Tenant, all[1].Id, Token);
        await Store.Sends.RemoveEcho(Tenant, all[1].Id, Token);
        Assert.Equal(
            ["0", "2", "3"], (await Store.Sends.ListEchoes(Tenant, Line, 50, Token)).Select(kept => kept.Echo.Message.ExternalId));
        await Store.Sends.ParkEcho(Tenant, NewEcho("1"), Token);
        var back = (await Store.Sends.ListEchoes(Tenant, Line, 50, Token))[^1];
        Assert.Equal("1", back.Echo.Message.ExternalId);
        Assert.True(back.Id > all[^1].Id);
    }

    [Fact]
    public async Task Lines_with_old_echoes_are_found_in_every_tenant()
    {
        await Store.Sends.ParkEcho(Tenant, NewEcho("a"), Token);
        await Store.Sends.ParkEcho(Tenant, NewEcho("b"), Token);
        await Store.Sends.ParkEcho(OtherTenant, NewEcho("a") with { ParkedAt = Now.AddTicks(-1) }, Token);
        await Store.Sends.ParkEcho(Tenant, NewEcho("c") with { Line = OtherLine, ParkedAt = Now.AddSeconds(5) }, Token);

        Assert.Equal([(OtherTenant, Line)], await Store.Sends.LinesWithEchoes(Now, 5, Token));
        Assert.Equal([(OtherTenant, Line), (Tenant, Line)], await Store.Sends.LinesWithEchoes(Now.AddSeconds(5), 5, Token));
        Assert.Equal(
            [(OtherTenant, Line), (Tenant, Line), (Tenant, OtherLine)], await Store.Sends.LinesWithEchoes(Now.AddSeconds(6), 5, Token));
        Assert.Equal([(OtherTenant, Line), (Tenant, Line)], await Store.Sends.LinesWithEchoes(Now.AddSeconds(6), 2, Token));
    }

    private async Task<(Talk One, Talk Two)> Two()
    {
        var (one, two) = (NewTalk(1), NewTalk(2));
        await Commit(one.Say());
        await Commit(two.Say());
        return (one, two);
    }

    /// <summary>The same session, line and state, but of another tenant.</summary>
    private async Task<Talk> QueueElsewhere()
    {
        var talk = NewTalk(1, OtherTenant);
        await Commit(talk.Say());
        await Queue(talk, NewSend(talk), NewSend(talk) with { State = SendState.Leaving });
        return talk;
    }

    private Task Queue(Talk talk, params QueuedSend[] sends) => Commit(talk.Set(head => head) with { Queued = [.. sends] });

    private QueuedSend NewSend(Talk talk, string sessionId = "shop-1") => new(
        sessionId,
        Ids.Next(Now),
        talk.Id,
        talk.Head.LastSequence,
        Line,
        SendState.Queued,
        SendFingerprint.Of(new MessageContent { Type = MessageType.Text, Text = "hi" }),
        Now.AddHours(1).AddTicks(7),
        Now.AddTicks(3));

    private ParkedEcho NewEcho(string externalId)
    {
        var full = Samples.Full(NewTalk().NewMessage(externalId, Direction.Out), Now);
        return new ParkedEcho(
            Line,
            Address.Parse("100000000000077@lid"),
            new IncomingMessage
            {
                ExternalId = externalId,
                Direction = Direction.Out,
                Origin = MessageOrigin.History,
                Status = MessageStatus.Sent,
                SessionId = "shop-1",
                From = Line,
                To = Address.Parse("5511987650001"),
                Author = full.Author,
                AuthorName = full.AuthorName,
                Content = full.Content,
                Timestamp = Now.AddTicks(11),
                ReceivedAt = Now.AddTicks(13),
            },
            new Party(Address.Parse("5511987650001"), Address.Parse("100000000000011@lid")),
            null,
            Now);
    }
}
