using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Conversations;

public sealed class ConversationHeadTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Address A = Address.Parse("4915700000001");
    private static readonly Address B = Address.Parse("4915700000002");
    private static readonly Address C = Address.Parse("4915700000003");
    private static readonly Address Lid = Address.Parse("100000000000011@lid");
    private static readonly Address Group = Address.Parse("120363025246125888@g.us");

    [Fact]
    public void conversations_of_two_numbers_of_a_line_are_two_whomever_they_are_with()
    {
        Assert.False(Direct(A, B).MayBeOneWith(Direct(C, B)));
        Assert.False(OfGroup(A).MayBeOneWith(OfGroup(C)));
        Assert.False(Direct(A, Lid).MayBeOneWith(Direct(C, B)));

        Assert.True(Direct(A, B).MayBeOneWith(Direct(A, B)));
        Assert.True(Direct(A, Lid).MayBeOneWith(Direct(A, B)));
        Assert.True(OfGroup(Address.OfSession("s1")).MayBeOneWith(OfGroup(A)));
        Assert.True(Direct(Address.OfSession("s1"), B).MayBeOneWith(Direct(A, B)));
    }

    [Fact]
    public void two_own_lines_that_write_to_each_other_have_one_whoever_began()
    {
        Assert.True(Direct(A, B).MayBeOneWith(Direct(B, A)));
        Assert.True(Direct(Address.OfSession("s1"), A).MayBeOneWith(Direct(A, B)));
    }

    [Fact]
    public void a_person_and_a_group_are_two()
    {
        Assert.False(Direct(A, Lid).MayBeOneWith(OfGroup(A)));
        Assert.False(OfGroup(A).MayBeOneWith(Direct(A, Lid)));
    }

    [Theory]
    [InlineData(Direction.Out)]
    [InlineData(Direction.In)]
    public void the_other_side_of_a_message_is_the_contact_and_between_own_lines_whichever_is_not_its_own(Direction direction)
    {
        Assert.Equal(B, Direct(A, B).OtherSideOf(Between(A, B)));
        Assert.Equal(B, Direct(A, B).OtherSideOf(Between(A, Lid)));
        Assert.Equal(A, Direct(A, B).OtherSideOf(Between(B, A)));
        Assert.Equal(A, Direct(A, B).OtherSideOf(Between(B, Lid)));
        Assert.Equal(A, Direct(A, A).OtherSideOf(Between(A, A)));
        Assert.Equal(Group, OfGroup(A).OtherSideOf(Between(A, Group)));

        // Nobody can be reached under a session's name.
        Assert.Equal(B, Direct(Address.OfSession("s1"), A).OtherSideOf(Between(A, B)));

        Message Between(Address own, Address other) => new()
        {
            Id = Guid.Empty,
            ExternalId = "M1",
            Direction = direction,
            Origin = MessageOrigin.Live,
            Status = MessageStatus.Sent,
            SessionId = "s1",
            From = direction == Direction.Out ? own : other,
            To = direction == Direction.Out ? other : own,
            Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
            Sequence = 1,
            Timestamp = Noon,
            CreatedAt = Noon,
            UpdatedAt = Noon,
        };
    }

    private static ConversationHead Direct(Address line, Address contact) =>
        new() { ConversationId = "c", Kind = ConversationKind.Direct, Line = line, Contact = Party.Of(contact), CreatedAt = Noon };

    private static ConversationHead OfGroup(Address line) =>
        new() { ConversationId = "c", Kind = ConversationKind.Group, Line = line, Group = Group, CreatedAt = Noon };
}
