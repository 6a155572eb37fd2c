using FsCheck.Xunit;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

[Properties(Arbitrary = [typeof(Stories)], MaxTest = 1_000)]
public sealed class MessageRulesTests
{
    private const int Orders = 8;

    [Property]
    public void any_order_and_repetition_ends_in_the_same_message(Story story)
    {
        var expected = Rendering.Of(Tell(story.Tells));
        for (var i = 0; i < Orders; i++)
        {
            var told = story.Shuffled(i);
            Assert.True(expected == Rendering.Of(Tell(told)), $"{expected}\n{Rendering.Of(Tell(told))}\nin the order\n{story with { Tells = told }}");
        }
    }

    /// <summary>In a group ids are unique for each sender only; what one person is called in the other way may not be known yet.</summary>
    [Theory]
    [InlineData("5511987650001", null, "5511987650002", null, true)]
    [InlineData(null, "100000000000011@lid", null, "100000000000012@lid", true)]
    [InlineData("5511987650001", "100000000000011@lid", null, "100000000000012@lid", true)]
    [InlineData("5511987650001", "100000000000011@lid", "5511987650002", "100000000000012@lid", true)]
    [InlineData("5511987650001", null, "551187650001", null, false)] // one line, written in two ways
    [InlineData("5511987650001", null, null, "100000000000012@lid", false)]
    [InlineData("5511987650001", "100000000000011@lid", "5511987650002", "100000000000011@lid", false)] // a new number
    [InlineData("5511987650001", "100000000000011@lid", "5511987650001", "100000000000012@lid", false)]
    [InlineData("5511987650001", null, null, null, false)]
    public void what_another_member_of_a_group_says_under_an_id_is_no_repetition(
        string? phone, string? lid, string? otherPhone, string? otherLid, bool expected)
    {
        var group = Address.Parse("120363025246125888@g.us");
        var one = Sample.Delivery(new Random(1), Direction.In) with { From = group, Author = PartyOf(phone, lid) };
        var other = one with { Author = PartyOf(otherPhone, otherLid) };

        Assert.Equal(expected, MessageRules.IsOthers(TellOne(null, one), other));
        Assert.Equal(expected, MessageRules.IsOthers(TellOne(null, other), one));
    }

    /// <summary>The Cloud API's gateway can name a wrong person: there one id is one message.</summary>
    [Fact]
    public void the_chat_alone_makes_it_nobody_elses()
    {
        var one = Sample.Delivery(new Random(1), Direction.In) with { From = Address.Parse("5511987650001"), Author = null };
        var other = Address.Parse("5511987650002");

        Assert.False(MessageRules.IsOthers(TellOne(null, one), one with { From = other }));
        Assert.True(MessageRules.IsOthers(TellOne(null, one), one with { From = Address.Parse("120363025246125888@g.us"), Author = Party.Of(other) }));
    }

    [Property]
    public void what_is_told_again_changes_nothing(Story story)
    {
        var message = Tell(story.Tells);
        foreach (var tell in story.Tells)
        {
            Assert.Same(message, TellOne(message, tell));
        }
    }

    [Fact]
    public void what_readers_do_not_see_moves_no_time()
    {
        var edit = new EditChange { TargetId = "A", Text = "one", Stamp = new ChangeStamp(5, null, "one"), At = Sample.Start };
        var delivered = TellOne(null, Sample.Delivery(new Random(1), Direction.In), Sample.Start);
        var edited = TellOne(delivered, edit, Sample.Start.AddMinutes(1));
        var stamped = TellOne(edited, edit with { Stamp = new ChangeStamp(5, 7, "one") }, Sample.Start.AddMinutes(2));

        Assert.Equal(Sample.Start.AddMinutes(1), edited.UpdatedAt);
        Assert.NotEqual(edited, stamped);
        Assert.Equal(edited.UpdatedAt, stamped.UpdatedAt);
    }

    [Property]
    public void the_status_never_moves_back_and_times_only_move_earlier(Story story) => Tell(story.Shuffled(0), static (before, after) =>
    {
        Assert.True(after.Status >= before.Status);
        Assert.True(after.Origin >= before.Origin);
        Assert.True(after.Timestamp <= before.Timestamp);
        AssertEarlier(before.Times.SentAt, after.Times.SentAt);
        AssertEarlier(before.Times.DeliveredAt, after.Times.DeliveredAt);
        AssertEarlier(before.Times.ReadAt, after.Times.ReadAt);
        AssertEarlier(before.Times.FailedAt, after.Times.FailedAt);
        Assert.True(after.DeletedAt is not null || before.DeletedAt is null);
    });

    [Property]
    public void the_highest_status_wins(Story story)
    {
        var told = story.Deliveries.Select(static d => d.Status).Concat(story.Changes<StatusChange>().Select(static c => c.Status));

        Assert.Equal(told.Max(), Tell(story.Tells).Status);
    }

    [Property]
    public void a_status_dates_those_that_it_implies(Story story)
    {
        var times = Tell(story.Shuffled(0)).Times;
        foreach (var change in story.Changes<StatusChange>())
        {
            if (change.Status is MessageStatus.Sent or MessageStatus.Delivered or MessageStatus.Read)
            {
                Assert.True(times.SentAt <= change.At);
            }

            if (change.Status is MessageStatus.Delivered or MessageStatus.Read)
            {
                Assert.True(times.DeliveredAt <= change.At);
            }

            if (change.Status == MessageStatus.Read)
            {
                Assert.True(times.ReadAt <= change.At);
            }
        }
    }

    [Property]
    public void only_a_failed_message_has_an_error_and_it_is_one_that_was_told(Story story)
    {
        var message = Tell(story.Tells);

        if (message.Status is MessageStatus.Failed or MessageStatus.OutcomeUnknown)
        {
            var told = story.Changes<StatusChange>().Where(c => c.Status == message.Status && c.Error is not null).ToList();
            Assert.True(told.Count == 0 ? message.Error is null : told.Exists(c => c.Error == message.Error));
        }
        else
        {
            Assert.Null(message.Error);
        }
    }

    [Property]
    public void a_deletion_beats_everything_and_leaves_no_content_but_what_was_quoted(Story story)
    {
        var deletions = story.Changes<DeletionChange>().ToList();
        var message = Tell(story.Shuffled(0));

        Assert.Equal(deletions.Count == 0 ? null : deletions.Min(static d => d.At), message.DeletedAt);
        if (message.DeletedAt is not null)
        {
            Assert.Empty(message.Edits);
            Assert.Equal(
                Rendering.Json(new MessageContent
                {
                    Type = message.Content.Type,
                    RawType = message.Content.RawType,
                    QuotedMessageId = story.Deliveries.Max(static d => d.Content.QuotedMessageId),
                }),
                Rendering.Json(message.Content));
        }
    }

    [Property]
    public void the_edit_with_the_latest_time_of_its_own_is_the_text(Story story)
    {
        var message = Tell(story.Shuffled(0));
        var timed = story.Changes<EditChange>().Where(static e => e.Text is not null && e.Stamp.SentMs is not null).ToList();
        if (timed.Count > 0 && message.DeletedAt is null)
        {
            var latest = timed.Max(static e => e.Stamp.SentMs);
            Assert.Contains(timed, e => e.Stamp.SentMs == latest && e.Text == MessageView.Text(message));
        }
    }

    [Property]
    public void one_edit_told_twice_is_one_edit(Story story)
    {
        var edits = Tell(story.Shuffled(0)).Edits;

        Assert.Equal(edits.Length, edits.DistinctBy(static e => (e.Text, e.Stamp.SentMs)).Count());
        Assert.All(edits.Where(static e => e.Stamp.SentMs is null), e =>
            Assert.Single(edits, other => other.Text == e.Text));
    }

    [Property]
    public void the_reaction_of_a_person_with_the_latest_time_stands(Story story)
    {
        var message = Tell(story.Shuffled(0));
        var standing = MessageView.Reactions(message, Sample.Resolve).ToDictionary(static r => Sample.Resolve(r.From).Canonical, static r => r.Emoji);
        foreach (var person in story.Changes<ReactionChange>().GroupBy(static r => Sample.Resolve(r.From!).Canonical))
        {
            var timed = person.Where(static r => r.Stamp.SentMs is not null).ToList();
            if (timed.Count > 0)
            {
                var latest = timed.Where(r => r.Stamp.SentMs == timed.Max(static t => t.Stamp.SentMs));
                Assert.Contains(standing.GetValueOrDefault(person.Key), latest.Select(static r => r.Emoji));
            }
        }
    }

    [Property]
    public void only_inbound_messages_that_are_no_history_count_unread(Story story) => Assert.Equal(
        story.Direction == Direction.In && story.Deliveries.Any(static d => d.Origin != MessageOrigin.History),
        Tell(story.Shuffled(0)).CountsUnread);

    [Property]
    public void the_smaller_timestamp_and_the_greater_origin_stay(Story story)
    {
        var message = Tell(story.Shuffled(0));

        Assert.Equal(story.Deliveries.Min(static d => d.Timestamp), message.Timestamp);
        Assert.Equal(story.Deliveries.Max(static d => d.Origin), message.Origin);
    }

    /// <summary>A message that two conversations kept, each told a part of the story, folds into the one told it all.</summary>
    [Property]
    public void folding_two_copies_ends_as_if_one_had_been_told_all(Story story)
    {
        var random = new Random(story.Seed);
        var parts = story.Tells.ToLookup(_ => random.Next(2));
        object[][] halves = [[.. parts[0]], [.. parts[1]]];
        if (!Array.TrueForAll(halves, static half => half.Any(static t => t is IncomingMessage)))
        {
            return;
        }

        var (one, other) = (Tell(halves[0]), Tell(halves[1]));
        var expected = Rendering.Of(Tell(story.Tells));

        Assert.Equal(expected, Rendering.Of(MessageRules.Fold(one, other, Sample.Start)));
        Assert.Equal(expected, Rendering.Of(MessageRules.Fold(other, one, Sample.Start)));
    }

    private static void AssertEarlier(DateTimeOffset? before, DateTimeOffset? after) =>
        Assert.True(before is null || after <= before);

    private static Message Tell(object[] tells, Action<Message, Message>? step = null)
    {
        Message? message = null;
        var parked = new List<MessageChange>();
        var now = Sample.Start.AddHours(1);
        foreach (var tell in tells)
        {
            now = now.AddSeconds(1);
            if (message is null && tell is MessageChange change)
            {
                parked.Add(change);
                continue;
            }

            var before = message;
            message = TellOne(message, tell, now);
            foreach (var waiting in parked)
            {
                message = MessageRules.Apply(message, waiting, now);
            }

            parked.Clear();
            if (before is not null)
            {
                step?.Invoke(before, message);
            }
        }

        return message!;
    }

    private static Message TellOne(Message? message, object tell, DateTimeOffset now = default) => (message, tell) switch
    {
        (null, IncomingMessage delivery) => MessageRules.Open(delivery, Guid.Empty, 1, now),
        (not null, IncomingMessage delivery) => MessageRules.Again(message, delivery, now),
        (not null, MessageChange change) => MessageRules.Apply(message, change, now),
        _ => throw new InvalidOperationException(),
    };

    private static Party? PartyOf(string? phone, string? lid) => phone is null && lid is null
        ? null
        : new(phone is null ? null : Address.Parse(phone), lid is null ? null : Address.Parse(lid));
}
