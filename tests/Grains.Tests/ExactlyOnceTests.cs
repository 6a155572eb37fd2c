using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Grains.Tests;

public sealed class ExactlyOnceTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly string[] Ids = [.. Enumerable.Range(1, 120).Select(static n => $"M{n}")];

    [Fact]
    public async Task duplicates_in_parallel_from_all_silos_are_kept_once()
    {
        var random = new Random(1);
        var calls = Enumerable.Range(0, 60).Select(call =>
        {
            var ids = random.GetItems(Ids, random.Next(1, 12));
            return Chat.Grain(Chat.Known, call).Apply(Chat.Request(Chat.Known, ids));
        }).ToList();
        calls.AddRange(Ids.Select((id, i) => Chat.Grain(Chat.Known, i).Apply(Chat.Request(Chat.Known, id))));
        var replies = await Task.WhenAll(calls);

        Assert.Equal(Ids.Length, replies.SelectMany(static r => r.Outcomes).Count(static o => o.Outcome == ItemOutcome.Kept));
        await Chat.AssertKept(Chat.Known, Ids);
        var created = (await Chat.Events(Chat.Known)).Where(static e => e.Facts.Type == EventType.MessageCreated).ToList();
        Assert.Equal(Ids.Length, created.DistinctBy(static e => e.Facts.MessageId).Count());
        Assert.Equal(Ids.Length, created.Count);
    }

    [Fact]
    public async Task what_one_silo_answered_every_silo_knows()
    {
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, $"M{i}", i));
            Assert.Equal(i + 1, (await Chat.Head(Chat.Known)).LastSequence);
            Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, $"M{i}", i + 1));
        }

        var read = await Chat.Grain(Chat.Known, 1).MarkRead(4);
        Assert.Equal((5L, 4L), (read.UnreadCount, read.ReadUpTo));
        Assert.Equal(5, (await Chat.Grain(Chat.Known, 2).MarkRead(1)).UnreadCount);
        Assert.Equal(0, (await Chat.Grain(Chat.Known).MarkRead(null)).UnreadCount);
    }

    [Fact]
    public async Task one_id_in_both_directions_is_two_messages()
    {
        var reply = await Chat.Grain(Chat.Known).Apply(new(Chat.Opening(Chat.Known), [Chat.Message("M1"), Chat.Message("M1", Direction.Out)]));

        Assert.All(reply.Outcomes, static o => Assert.Equal(ItemOutcome.Kept, o.Outcome));
        Assert.Equal(2, (await Chat.Rows(Chat.Known)).Length);
    }

    [Fact]
    public async Task one_id_twice_in_one_call_is_one_message()
    {
        var reply = await Chat.Grain(Chat.Known).Apply(Chat.Request(Chat.Known, "M1", "M1"));

        Assert.Equal([ItemOutcome.Kept, ItemOutcome.Duplicate], reply.Outcomes.Select(static o => o.Outcome));
        await Chat.AssertKept(Chat.Known, ["M1"]);
    }

    [Fact]
    public async Task a_change_of_a_conversation_that_is_not_there_begins_none()
    {
        var reply = await Chat.Grain(Chat.Known).Apply(new(null, [new ChangeItem(Chat.Read("M1"), "shop", Direction.In, null)]));

        Assert.Equal(ItemOutcome.NotHere, Assert.Single(reply.Outcomes).Outcome);
        Assert.Null(await Chat.Head(Chat.Known));
    }

    [Fact]
    public async Task a_message_that_the_line_has_in_another_conversation_is_not_kept_again()
    {
        await Chat.Keep(Chat.Hidden, "M1");
        var reply = await Chat.Grain(Chat.Known).Apply(Chat.Request(Chat.Known, "M1"));

        Assert.Equal(new(ItemOutcome.Elsewhere, Chat.Hidden), Assert.Single(reply.Outcomes));
        Assert.Empty(await Chat.Rows(Chat.Known));
    }
}
