using FsCheck.Xunit;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Tests.Messages;
using Parley.Domain.Work;

namespace Parley.Domain.Tests.Conversations;

public sealed class ConversationDraftTests
{
    private static readonly Random Fixed = new(7);
    private readonly World _world = new();

    [Fact]
    public void the_first_message_begins_the_conversation()
    {
        Keep("A");

        Assert.Equal([EventType.ConversationCreated, EventType.MessageCreated], Types());
        Assert.Equal(1, _world["known"].Head!.UnreadCount);
    }

    [Fact]
    public void history_counts_no_unread_until_it_is_told_live()
    {
        Keep("A", MessageOrigin.History);
        Assert.Equal(0, _world["known"].Head!.UnreadCount);

        Keep("A", MessageOrigin.Live);
        Assert.Equal(1, _world["known"].Head!.UnreadCount);
    }

    /// <summary>Readers who leave out history do not hear of its beginning, so not of its end.</summary>
    [Fact]
    public void that_a_double_is_dropped_is_told_with_the_origin_of_its_message()
    {
        Keep("A", MessageOrigin.History);
        Keep("B");
        _world.Tell("known", draft => draft.DropDouble(_world["known"].Visible.First()));

        var told = _world["known"].Events[^1];
        Assert.Equal((EventType.MessageDeleted, MessageOrigin.History), (told.Type, told.Origin));
    }

    [Fact]
    public void a_message_read_on_the_phone_is_unread_no_more()
    {
        Keep("A");
        Keep("B");
        _world.Change("known", Direction.In, Status("A", MessageStatus.Read));

        Assert.Equal(1, _world["known"].Head!.UnreadCount);
        Assert.Equal(0, _world["known"].Head!.ReadUpTo);
    }

    /// <summary>A gateway tells an edit in two webhooks and once more in its list, whose row has the message's time.</summary>
    [Fact]
    public void an_edit_that_is_told_in_several_ways_is_one_event()
    {
        _world.Keep("known", Plain("A"));
        Edit("A", "better", sentMs: null, envelopeMs: 5_400, at: 5.4);
        Edit("A", "better", sentMs: null, envelopeMs: null, at: 0);
        Assert.Equal(5.4, (_world["known"].Visible.Single().Edits.Single().At - Sample.Start).TotalSeconds);
        Assert.Equal([EventType.MessageEdited], Types().Skip(2));

        Edit("A", "better", sentMs: 5_000, envelopeMs: 5_400, at: 5);
        Assert.Equal([EventType.MessageEdited, EventType.MessageUpdated], Types().Skip(2));

        Edit("A", "best", sentMs: 9_000, envelopeMs: 9_400, at: 9);
        Assert.Equal([EventType.MessageEdited, EventType.MessageUpdated, EventType.MessageEdited], Types().Skip(2));
    }

    /// <summary>One is noted when it was made here, and the gateway's webhook tells it once more.</summary>
    [Fact]
    public void a_reaction_that_is_told_again_is_one_event()
    {
        Keep("A");
        React("A", "👍", sentMs: 5_000, envelopeMs: null);
        React("A", "👍", sentMs: 5_000, envelopeMs: 5_400);
        Assert.Equal([EventType.MessageReaction], Types().Skip(2));

        React("A", "❤", sentMs: 6_000, envelopeMs: 6_400);
        React("A", null, sentMs: 7_000, envelopeMs: 7_400);
        Assert.Equal([EventType.MessageReaction, EventType.MessageReaction, EventType.MessageReaction], Types().Skip(2));
    }

    [Fact]
    public void what_a_gateways_list_tells_of_a_message_that_is_known_is_no_event()
    {
        var own = Plain("A") with { Direction = Direction.Out, From = Sample.Line, To = Plain("A").From, Status = MessageStatus.Pending };
        _world.Keep("known", own);
        _world.Change("known", Direction.Out, Status("A", MessageStatus.Sent));
        var before = Types().Count();

        _world.Keep("known", own with { Origin = MessageOrigin.Sync, Status = MessageStatus.Sent });

        Assert.Equal(before, Types().Count());
    }

    [Fact]
    public void read_up_to_never_goes_back()
    {
        Keep("A");
        Keep("B");
        _world.MarkRead("known", 2);
        _world.MarkRead("known", 1);

        Assert.Equal(2, _world["known"].Head!.ReadUpTo);
        Assert.Single(Types(), EventType.ConversationRead);
    }

    [Fact]
    public void read_up_to_goes_no_further_than_the_last_message()
    {
        Keep("A");
        _world.MarkRead("known", 99);
        Keep("B");

        Assert.Equal(1, _world["known"].Head!.ReadUpTo);
        Assert.Equal(1, _world["known"].Head!.UnreadCount);
    }

    [Fact]
    public void what_is_under_the_delete_mark_is_ignored_and_another_message_opens_the_conversation_again()
    {
        Keep("A");
        _world.Tell("known", static draft => draft.Delete());
        Assert.False(_world["known"].Head!.IsVisible);

        Assert.Equal(ItemOutcome.Ignored, Keep("A"));
        Assert.Equal(ItemOutcome.Ignored, _world.Change("known", Direction.In, Status("A", MessageStatus.Read)));
        Assert.Equal(ItemOutcome.Kept, Keep("B"));
        Assert.True(_world["known"].Head!.IsVisible);
        Assert.Equal(2, Assert.Single(_world["known"].Visible).Sequence);
    }

    [Fact]
    public void a_tombstone_is_ignored_for_ever()
    {
        Keep("A");
        _world.Tell("known", static draft => draft.Delete());
        _world.Erase("known", 10);

        Assert.Null(_world["known"].Rows[1]);
        Assert.Equal(ItemOutcome.Ignored, Keep("A"));
        Assert.False(_world["known"].Head!.IsVisible);
    }

    [Fact]
    public void deleting_leaves_the_erasing_to_a_worker()
    {
        Keep("A");
        var draft = new ConversationDraft(_world["known"].Head!, Sample.Start, Guid.NewGuid);
        draft.Delete();

        Assert.Equal(new Erase("known"), Assert.Single(draft.ToCommit("acme").Leaves));
    }

    [Fact]
    public void deleting_covers_what_is_still_to_be_taken_over()
    {
        _world.Keep("hidden", Delivery("A"));
        _world.Keep("hidden", Delivery("B"));
        Keep("C");
        _world.Tell("hidden", static draft => draft.Seal("known"));
        _world.TakeOver("known", "hidden", 1);
        _world.Tell("known", static draft => draft.Delete());
        while (!_world.TakeOver("known", "hidden", 1))
        {
            // Page after page.
        }

        Assert.Empty(_world["known"].Visible);
        Assert.Equal(ItemOutcome.Ignored, Keep("B"));
    }

    [Fact]
    public void sealing_is_the_last_event()
    {
        _world.Keep("hidden", Delivery("A"));
        _world.Tell("hidden", static draft => draft.Seal("known"));

        var last = _world["hidden"].Events[^1];
        Assert.Equal((EventType.ConversationSealed, "hidden", "known"), (last.Type, last.From, last.Into));
        Assert.False(_world["hidden"].Head!.IsVisible);
    }

    [Fact]
    public void taking_over_tells_no_message_as_created_again()
    {
        Keep("C");
        _world.Keep("hidden", Delivery("A"));
        _world.Keep("hidden", Delivery("B"));
        _world.Tell("hidden", static draft => draft.Seal("known"));
        while (!_world.TakeOver("known", "hidden", 1))
        {
            // Page after page.
        }

        Assert.Single(Types(), EventType.MessageCreated);
        var merged = _world["known"].Events[^1];
        Assert.Equal(
            (EventType.ConversationMerged, "hidden", "known", 2L, 3L),
            (merged.Type, merged.From, merged.Into, merged.FirstSequence, merged.LastSequence));
    }

    [Property]
    public void of_two_conversations_exactly_one_stays(bool onePhone, bool otherPhone, int oneAge, int otherAge)
    {
        var (one, other) = (Head("a", onePhone, oneAge % 3), Head("b", otherPhone, otherAge % 3));

        Assert.NotEqual(Stays(one, other), Stays(other, one));
        if (onePhone != otherPhone)
        {
            Assert.Equal(onePhone, Stays(one, other));
        }
        else if (one.CreatedAt != other.CreatedAt)
        {
            Assert.Equal(one.CreatedAt < other.CreatedAt, Stays(one, other));
        }
    }

    [Fact]
    public void a_better_address_is_learned_once()
    {
        _world.Keep("hidden", Delivery("A"));
        var (lid, phone) = (Address.Parse("100000000000011@lid"), Address.Parse("5511987650001"));
        _world.Tell("hidden", draft => draft.Learn(lid, phone));
        _world.Tell("hidden", draft => draft.Learn(lid, phone));

        var head = _world["hidden"].Head!;
        Assert.Equal(new Party(phone, lid), head.Contact);
        Assert.Equal([AddressPair.Of(Sample.Line, lid), AddressPair.Of(Sample.Line, phone)], head.Aliases);
        Assert.Single(_world["hidden"].Events, static e => e.Type == EventType.ConversationUpdated);
    }

    [Fact]
    public void a_line_that_was_only_a_session_gets_its_number()
    {
        var session = Address.OfSession("a/b 😀");
        var opening = World.Opening("known") with { Line = session, Pairs = [AddressPair.Of(session, Address.Parse("5511987650001"))] };
        var draft = new ConversationDraft(ConversationDraft.Begin("x", opening, Sample.Start), Sample.Start, Guid.NewGuid);
        draft.Meet(opening);
        draft.Keep(Delivery("A"), null);
        draft.Learn(session, Sample.Line);

        Assert.Equal(Sample.Line, draft.Head.Line);
        Assert.Contains(AddressPair.Of(Sample.Line, Address.Parse("5511987650001")), draft.ToCommit("acme").Aliases);
    }

    private static IncomingMessage Delivery(string id, MessageOrigin origin = MessageOrigin.Live) =>
        Sample.Delivery(Fixed, Direction.In, id) with { Origin = origin, Status = MessageStatus.Delivered, Timestamp = Sample.Start };

    private static StatusChange Status(string id, MessageStatus status) =>
        new() { TargetId = id, Stamp = new ChangeStamp(null, null, "one"), At = Sample.Start, Status = status };

    private static IncomingMessage Plain(string id) => Delivery(id) with
    {
        From = Address.Parse("5511987650001"),
        AuthorName = null,
        Content = new MessageContent { Type = MessageType.Text, Text = "good" },
        Timestamp = Sample.Start.AddSeconds(-1),
    };

    private void Edit(string id, string text, long? sentMs, long? envelopeMs, double at) => _world.Change("known", Direction.In, new EditChange
    {
        TargetId = id,
        Stamp = new ChangeStamp(sentMs, envelopeMs, "one"),
        At = Sample.Start.AddSeconds(at),
        Text = text,
    });

    private void React(string id, string? emoji, long sentMs, long? envelopeMs) => _world.Change("known", Direction.In, new ReactionChange
    {
        TargetId = id,
        Stamp = new ChangeStamp(sentMs, envelopeMs, "one"),
        At = Sample.Start.AddMilliseconds(sentMs),
        From = Party.Of(Sample.Line),
        Emoji = emoji,
    });

    private static ConversationHead Head(string id, bool phone, int age) =>
        ConversationDraft.Begin(id, World.Opening(phone ? "known" : "hidden"), Sample.Start.AddDays(age));

    private static bool Stays(ConversationHead one, ConversationHead other) => new ConversationDraft(one, Sample.Start, Guid.NewGuid)
        .StaysBeside(other.ConversationId, other.HasPhone, other.CreatedAt);

    private ItemOutcome Keep(string id, MessageOrigin origin = MessageOrigin.Live) => _world.Keep("known", Delivery(id, origin));

    private IEnumerable<string> Types() => _world["known"].Events.Select(static e => e.Type);
}
