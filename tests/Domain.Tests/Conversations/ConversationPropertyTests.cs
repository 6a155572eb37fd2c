using FsCheck.Xunit;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Tests.Messages;

namespace Parley.Domain.Tests.Conversations;

/// <summary><see cref="World"/> recounts everything after every commit; these tests make histories for it.</summary>
[Properties(Arbitrary = [typeof(Histories)], MaxTest = 600)]
public sealed class ConversationPropertyTests
{
    [Property]
    public void whatever_happens_counts_and_sequences_are_right(History history)
    {
        var world = new World();
        foreach (var command in history.Commands)
        {
            command.Run(world);
        }
    }

    [Property]
    public void any_order_and_repetition_of_deliveries_and_changes_ends_in_the_same_messages_and_counts(History history)
    {
        var told = history.Commands.Where(static c => c is Command.Keep or Command.Change).ToArray();
        var expected = Ending(told);
        var random = new Random(history.Seed);
        for (var i = 0; i < 4; i++)
        {
            Command[] again = [.. told, .. told.Where(_ => random.Next(3) == 0)];
            random.Shuffle(again);
            var ending = Ending(again);
            Assert.True(expected == ending, $"{expected}\n\n{ending}\nin the order{history with { Commands = again }}");
        }
    }

    [Property]
    public void taking_over_in_pages_keeps_every_message_once_whatever_happens_meanwhile(History history)
    {
        var world = new World();
        var random = new Random(history.Seed);
        foreach (var command in history.Commands)
        {
            command.Run(world);
        }

        if (Histories.Conversations.Any(id => world[id].Head is null))
        {
            return;
        }

        var sealedHead = world["hidden"].Head!;
        var before = Histories.Conversations.SelectMany(id => world[id].Visible).Select(Key).ToHashSet();
        world.Tell("hidden", static draft => draft.Seal("known"));
        Assert.Equal("known", world["hidden"].Head!.MergedInto);
        var (isDeleted, dropped) = (false, false);
        while (!world.TakeOver("known", "hidden", 2))
        {
            if (random.Next(2) == 0)
            {
                var command = Histories.One(random, "known");
                isDeleted |= command is Command.Delete;
                dropped |= command is Command.DropDouble;
                command.Run(world);
            }
        }

        Assert.Empty(world["hidden"].Rows);
        Assert.Empty(world["known"].Head!.TakingOver);
        Assert.All(sealedHead.Aliases, pair => Assert.Contains(pair, world["known"].Head!.Aliases));
        if (!isDeleted && !dropped)
        {
            // A copy of what was deleted in the one that stays is deleted too.
            var after = world["known"].Visible.Select(Key).ToHashSet();
            Assert.All(before, key => Assert.True(after.Contains(key) || world["known"].IsDeleted(key)));
        }
    }

    [Property]
    public void a_merge_by_itself_makes_nothing_unread_and_nothing_read(History history)
    {
        var world = new World();
        foreach (var command in history.Commands)
        {
            command.Run(world);
        }

        if (Histories.Conversations.Any(id => world[id].Head is null))
        {
            return;
        }

        var (one, other) = (Unread(world["hidden"]), Unread(world["known"]));
        var doubles = world["hidden"].Messages.Select(Key).Intersect(world["known"].Messages.Select(Key)).ToHashSet();
        var sequences = world["known"].Rows.Count;
        world.Tell("hidden", static draft => draft.Seal("known"));
        while (!world.TakeOver("known", "hidden", 3))
        {
            // Page after page.
        }

        var after = Unread(world["known"]);
        Assert.Subset(one.Union(other).ToHashSet(), after);
        Assert.Subset(after, one.Union(other).Except(doubles).Where(key => world["known"].Find(key)?.Message is not null).ToHashSet());
        AssertMergedEvent(world["known"], sequences);
    }

    [Property]
    public void what_lay_under_a_delete_mark_arrives_as_tombstones(History history)
    {
        var world = new World();
        foreach (var command in history.Commands)
        {
            command.Run(world);
        }

        if (Histories.Conversations.Any(id => world[id].Head is null) || !world["hidden"].Head!.IsVisible)
        {
            return;
        }

        world.Tell("hidden", static draft => draft.Delete());
        var live = Sample.Delivery(new Random(history.Seed), Direction.In, "late") with { Origin = MessageOrigin.Live };
        world.Keep("hidden", live);
        var known = world["known"].Visible.Select(static m => m.Id).ToHashSet();
        world.Tell("hidden", static draft => draft.Seal("known"));
        while (!world.TakeOver("known", "hidden", 2))
        {
            // Page after page.
        }

        var arrived = world["known"].Visible.Where(m => !known.Contains(m.Id)).ToList();
        Assert.Equal("late", Assert.Single(arrived).ExternalId);
    }

    private static void AssertMergedEvent(Shelf shelf, int sequences)
    {
        var merged = shelf.Events[^1];
        if (merged.Type == Domain.Events.EventType.ConversationMerged && merged.FirstSequence is { } first)
        {
            Assert.Equal(sequences + 1, first);
            Assert.Equal(shelf.Rows.Count, merged.LastSequence);
        }
    }

    private static MessageKey Key(Message message) => new(message.Direction, message.ExternalId);

    private static HashSet<MessageKey> Unread(Shelf shelf) =>
        [.. shelf.Visible.Where(m => m.CountsUnread && m.Status < MessageStatus.Read && m.Sequence > shelf.Head!.ReadUpTo).Select(Key)];

    private static string Ending(IEnumerable<Command> commands)
    {
        var world = new World();
        foreach (var command in commands)
        {
            command.Run(world);
        }

        return string.Join('\n', Histories.Conversations.Select(id =>
        {
            var head = world[id].Head;
            var messages = world[id].Messages.OrderBy(static m => m.ExternalId, StringComparer.Ordinal).Select(Rendering.Of);
            return $"{id}: {head?.InboundCount} {head?.OutboundCount} {head?.UnreadCount} {head?.LastActivityAt:O}\n{string.Join('\n', messages)}";
        }));
    }
}
