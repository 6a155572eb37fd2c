using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Events;

/// <summary>What a filter lets through where a row of the log cannot be read, or not wholly.</summary>
public sealed class EventFilterTests
{
    private const string Talk = "5511987650001:5511987650002";

    [Fact]
    public void what_may_have_been_anything_is_wanted_by_all_who_could_want_it()
    {
        Assert.True(Wants(new EventFilter([EventType.MessageEdited], []), null));
        Assert.True(Wants(new EventFilter([], [MessageOrigin.History], "shop-1"), null));
        Assert.True(Wants(new EventFilter([EventType.SessionDeleted], [], "shop-1", Talk), null));
    }

    [Fact]
    public void what_was_surely_something_else_is_not()
    {
        Assert.False(Wants(new EventFilter([EventType.MessageEdited], []), EventType.MessageCreated));
        Assert.False(Wants(new EventFilter([], [], null, "5511987650001:5511987650003"), null));
        Assert.False(Wants(new EventFilter([], [], "shop-2"), EventType.MessageCreated, "shop-1"));
        Assert.False(Wants(new EventFilter([], [], "shop-2"), null, "shop-1"));
        Assert.False(Wants(new EventFilter([], [], null, Talk), EventType.SessionUpdated));
    }

    [Fact]
    public void what_it_was_is_asked_for_by_its_type_and_by_that_of_what_cannot_be_read()
    {
        Assert.True(Wants(new EventFilter([EventType.MessageCreated], []), EventType.MessageCreated));
        Assert.True(Wants(new EventFilter([EventType.Unreadable], []), EventType.MessageCreated));
        Assert.True(Wants(new EventFilter([], [], "shop-1", Talk), EventType.MessageCreated, "shop-1"));
        Assert.True(Wants(new EventFilter([], [], "shop-1"), EventType.MessageCreated));
        Assert.False(Wants(new EventFilter([], []), EventType.MessageCreated, origin: MessageOrigin.History));
    }

    private static bool Wants(EventFilter filter, string? wasType, string? sessionId = null, MessageOrigin? origin = null) => filter.Wants(
        Talk,
        new EventFacts
        {
            Type = EventType.Unreadable,
            WasType = wasType,
            Number = 0,
            At = DateTimeOffset.UnixEpoch,
            SessionId = sessionId,
            Origin = origin,
        });
}
