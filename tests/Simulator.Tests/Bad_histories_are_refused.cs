using System.Collections.Immutable;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Simulator.Checking;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Tests;

public sealed class Bad_histories_are_refused
{
    private static readonly Dictionary<string, (string Rule, Func<History, History> Break)> Bad = new(StringComparer.Ordinal)
    {
        ["a message is kept twice in its conversation"] = (Rules.Doubled, h => h.With(Tale.Begin, c => c with
        {
            Added = [c.Added[0], c.Added[1] with { ExternalId = "IN1", Direction = Direction.In, CountsUnread = true }],
        })),
        ["a message is kept in two conversations"] = (Rules.Doubled, h => Double(h)),
        ["a sequence is left out"] = (Rules.Sequence, h => h.With(Tale.Begin, c => c with
        {
            Added = [c.Added[0], c.Added[1] with { Sequence = 3 }],
            Head = c.Head with { LastSequence = 3 },
        })),
        ["a sequence is given twice"] = (Rules.Sequence, h => h.With(Tale.Reopened, c => c with { Added = [c.Added[0] with { Sequence = 3 }] })),
        ["the last sequence is not the last one given"] = (Rules.Sequence, h => h.With(Tale.Reopened, c => c with
        {
            Head = c.Head with { LastSequence = 5 },
        })),
        ["a message is renumbered"] = (Rules.Renumbered, h => h.With(Tale.Delivered, c => c with { Changed = [c.Changed[0] with { Sequence = 1 }] })),
        ["a place gets another message"] = (Rules.Renumbered, h => h.With(Tale.Delivered, c => c with
        {
            Changed = [c.Changed[0] with { Id = Guid.CreateVersion7() }],
        })),
        ["a status moves back"] = (Rules.StatusBack, h => h.With(Tale.Begin, c => c with
        {
            Added = [c.Added[0], c.Added[1] with { Status = MessageStatus.Read }],
        })),
        ["a status time becomes later"] = (Rules.Times, h => h.With(Tale.Begin, c => c with
        {
            Added = [c.Added[0], c.Added[1] with { Times = StatusTimes.None.With(MessageStatus.Sent, Tale.Noon) }],
        })),
        ["an answered message is not kept"] = (Rules.Lost, h => Forget(h)),
        ["a message is answered before its commit"] = (Rules.Durability, h => h.Swapped(Tale.Begin, Tale.Told1)),
        ["a receipt is answered before it is kept"] = (Rules.Durability, h => h.Without(Tale.Delivered)),
        ["a change is answered and neither applied nor parked"] = (Rules.Durability, h => h.Without(Tale.Parked)),
        ["a pair is answered before it is kept"] = (Rules.Durability, h => h.Swapped(Tale.Pair, Tale.Told4)),
        ["a read is answered before it is kept"] = (Rules.Durability, h => h.Swapped(Tale.Read, Tale.ReadTold)),
        ["a deletion is answered before it is kept"] = (Rules.Durability, h => h.Swapped(Tale.Deletion, Tale.DeletionTold)),
        ["an event is missing"] = (Rules.EventMissing, h => h.With(Tale.Reopened, c => c with
        {
            Events = [],
            Head = c.Head with { EventNumber = 7 },
        })),
        ["a status changes without an event"] = (Rules.EventMissing, h => h.With(Tale.Delivered, c => c with
        {
            Events = [Tale.Event(4, EventType.MessageUpdated) with { MessageId = c.Changed[0].Id }],
        })),
        ["a message is created twice"] = (Rules.EventTwice, h => h.With(Tale.Reopened, c => c with
        {
            Events = [c.Events[0], c.Events[0] with { Number = 9 }],
            Head = c.Head with { EventNumber = 9 },
        })),
        ["a moved message is created again"] = (Rules.EventTwice, h => h.With(Tale.TakeOver, c => c with
        {
            Events = [Tale.Created(6, c.Moved[0].Message!), c.Events[0] with { Number = 7 }],
            Head = c.Head with { EventNumber = 7 },
        })),
        ["an event number is left out"] = (Rules.EventNumber, h => h.With(Tale.Reopened, c => c with
        {
            Events = [c.Events[0] with { Number = 9 }],
            Head = c.Head with { EventNumber = 9 },
        })),
        ["an event number is given twice"] = (Rules.EventNumber, h => h.With(Tale.Reopened, c => c with { Events = [c.Events[0] with { Number = 7 }] })),
        ["a commit follows a version that is not there"] = (Rules.Version, h => h.With(Tale.Delivered, c => c with { Head = c.Head with { Version = 3 } })),
        ["a sealed conversation goes on"] = (Rules.AfterSeal, h => h with
        {
            Steps = h.Steps.Insert(Tale.TakeOver, new Committed(new ConversationCommit
            {
                TenantId = Tale.Tenant,
                Head = Head(h, Tale.Seal) with { Version = 3, EventNumber = 4 },
                Events = [Tale.Event(4, EventType.ConversationRead)],
            })),
        }),
        ["an event follows the seal"] = (Rules.AfterSeal, h => h.With(Tale.Seal, c => c with
        {
            Events = [c.Events[0], Tale.Event(4, EventType.ConversationUpdated)],
            Head = c.Head with { EventNumber = 4 },
        })),
        ["an inbound message is not counted"] = (Rules.Counts, h => h.With(Tale.Begin, c => c with { Head = c.Head with { InboundCount = 0 } })),
        ["deleted messages are still counted"] = (Rules.Counts, h => h.With(Tale.Deletion, c => c with { Head = c.Head with { OutboundCount = 1 } })),
        ["the last message is not the latest"] = (Rules.Counts, h => h.With(Tale.Begin, c => c with { Head = c.Head with { LastMessageSequence = 1 } })),
        ["the tenant's count of messages is off"] = (Rules.Totals, h => h.With(Tale.Deletion, c => c with { MessageDelta = -2 })),
        ["the tenant's count of conversations is off"] = (Rules.Totals, h => h.With(Tale.Seal, c => c with { VisibleDelta = 0 })),
        ["an unread message is not counted"] = (Rules.Unread, h => h.With(Tale.Reopened, c => c with { Head = c.Head with { UnreadCount = 0 } })),
        ["what is read counts as unread"] = (Rules.Unread, h => h.With(Tale.Read, c => c with { Head = c.Head with { UnreadCount = 1 } })),
        ["an unread message is read by moving"] = (Rules.Unread, h => h.With(Tale.TakeOver, c => c with
        {
            Moved = [c.Moved[0] with { Message = c.Moved[0].Message! with { CountsUnread = false } }],
            Head = c.Head with { UnreadCount = 0 },
        })),
        ["history counts as unread"] = (Rules.Unread, h => h.With(Tale.Begin, c => c with
        {
            Added = [c.Added[0] with { Origin = MessageOrigin.History }, c.Added[1]],
        })),
        ["the read mark moves back"] = (Rules.Marks, h => h.With(Tale.TakeOver, c => c with { Head = c.Head with { ReadUpTo = 0, UnreadCount = 2 } })),
        ["the delete mark moves back"] = (Rules.Marks, h => h.With(Tale.Erasing, c => c with { Head = c.Head with { DeletedUpTo = 2, ErasedUpTo = 2 } })),
        ["one person has two conversations"] = (Rules.OneConversation, h => h.Without(Tale.TakeOver).Without(Tale.Seal)),
        ["a sealed conversation keeps its messages"] = (Rules.Lost, h => h.With(Tale.TakeOver, c => c with { Moved = [] })),
        ["a message is taken from a conversation that is not sealed"] = (Rules.Moved, h => h.Without(Tale.Seal)),
        ["a message gets another id by moving"] = (Rules.Moved, h => h.With(Tale.TakeOver, c => c with
        {
            Moved = [c.Moved[0] with { Message = c.Moved[0].Message! with { Id = Guid.CreateVersion7() } }],
        })),
        ["a message is lost by moving"] = (Rules.Lost, h => h.With(Tale.TakeOver, c => c with { Moved = [c.Moved[0] with { Message = null, Sequence = null }] })),
        ["a living message arrives as a tombstone"] = (Rules.Lost, h => h.With(Tale.TakeOver, c => c with { Moved = [c.Moved[0] with { Message = null }] })),
        ["a deleted message changes"] = (Rules.Tombstone, h => h with { Steps = h.Steps.Insert(Tale.Reopened, Receipt(h)) }),
        ["a deleted message is kept again"] = (Rules.Tombstone, h => h.With(Tale.Reopened, c => c with
        {
            Added = [c.Added[0] with { ExternalId = "IN1" }],
        })),
        ["a message is erased that nobody deleted"] = (Rules.Lost, h => h.With(Tale.Reopened, c => c with
        {
            Erased = [4],
            Head = c.Head with { InboundCount = 0, UnreadCount = 0, LastMessageSequence = null },
        })),
        ["what lies under the mark is never erased"] = (Rules.WorkLeft, h => h.With(Tale.Erasing, c => c with
        {
            Erased = [],
            Head = c.Head with { ErasedUpTo = 0 },
        }).With(Tale.Reopened, c => c with { Head = c.Head with { ErasedUpTo = 0 } })),
        ["what is said to be erased is not"] = (Rules.Tombstone, h => h.With(Tale.Erasing, c => c with { Erased = [1, 2] })),
        ["a pair of addresses leads to two conversations"] = (Rules.Alias, h => h.With(Tale.Hidden, c => c with
        {
            Aliases = ((Committed)h.Steps[Tale.Begin]).Commit.Aliases,
        })),
        ["an early change is forgotten"] = (Rules.Content, h => h.With(Tale.Reopened, c => c with
        {
            Added = [c.Added[0] with { Edits = [], Content = c.Added[0].Content with { Text = "first" } }],
        })),
        ["an early change stays parked beside its message"] = (Rules.ChangeLost, h => h.With(Tale.Reopened, c => c with { Unparked = [] })),
        ["there is a message that nobody told"] = (Rules.Phantom, h => h with { Told = h.Told.RemoveAt(0), Steps = h.Steps.RemoveAt(Tale.Told1) }),
        ["something understood is put aside"] = (Rules.PutAside, h => h with { Steps = h.Steps.Add(new PutAside(Tale.Tenant, "refused", "")) }),
        ["a position of the log is left out"] = (Rules.LogPosition, h => Numbered(h, log => log.SetItem(0, log[0] with { Position = 2 }))),
        ["a position of the log is given twice"] = (Rules.LogPosition, h => Numbered(h, log => log.SetItem(1, log[1] with { Position = 1 }))),
        ["an event is numbered before the one before it"] = (Rules.LogOrder, h => Numbered(h, log => log
            .SetItem(0, log[0] with { Facts = log[1].Facts })
            .SetItem(1, log[1] with { Facts = log[0].Facts }))),
        ["an event is numbered twice"] = (Rules.LogOrder, h => Numbered(h, log => log.Add(log[^1] with { Position = log.Count + 1 }))),
        ["an event is numbered that no commit made"] = (Rules.LogOrder, h => Numbered(h, log => log.Add(
            log[0] with { Position = log.Count + 1, Subject = "other" }))),
        ["an event is numbered before its commit"] = (Rules.LogOrder, h =>
        {
            var numbered = Numbered(h, log => log);
            return numbered.Swapped(Tale.Reopened, numbered.Steps.Length - 1);
        }
        ),
        ["an event is never numbered"] = (Rules.EventMissing, h => Numbered(h, log => log.RemoveAt(log.Count - 1))),
        ["a to-do is never done"] = (Rules.WorkLeft, h => h with { WorkLeft = ["merge:a|b"] }),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    [Fact]
    public void a_good_history_is_accepted() => Assert.Empty(Checker.Check(Tale.Good()));

    [Fact]
    public void a_good_history_whose_events_a_relay_numbered_is_accepted() => Assert.Empty(Checker.Check(Numbered(Tale.Good(), log => log)));

    [Theory]
    [MemberData(nameof(Names))]
    public void a_bad_history_is_refused(string name)
    {
        var (rule, spoil) = Bad[name];

        var violations = Checker.Check(spoil(Tale.Good()));

        Assert.Contains(violations, violation => violation.Rule == rule);
    }

    /// <summary>A relay numbers all events at the end.</summary>
    private static History Numbered(History history, Func<ImmutableList<LoggedEvent>, ImmutableList<LoggedEvent>> change)
    {
        var events = history.Steps.OfType<Committed>()
            .SelectMany(c => c.Commit.Events.Select(facts => (c.Commit.Head.ConversationId, facts)))
            .Select((e, i) => new LoggedEvent(Tale.Tenant, i + 1, i + 1, e.ConversationId, e.facts, default));
        return history with { Steps = history.Steps.Add(new EventsNumbered(Tale.Tenant, change([.. events]))) };
    }

    private static ConversationHead Head(History history, int place) => ((Committed)history.Steps[place]).Commit.Head;

    /// <summary>The hidden conversation's message is kept by number, too, and nobody merges or deletes.</summary>
    private static History Double(History history) => (history with
    {
        Steps = history.Steps[..Tale.Deletion],
        Told = history.Told.RemoveAt(4),
    })
        .With(Tale.TakeOver, c =>
        {
            var copy = c.Moved[0].Message! with { Id = Guid.CreateVersion7(), MergedFrom = null };
            return c with { Moved = [], Added = [copy], Events = [Tale.Created(6, copy)] };
        })
        .Without(Tale.Seal);

    /// <summary>The last message is told and answered, and its commit is not there.</summary>
    private static History Forget(History history) => history.Without(Tale.Reopened);

    private static Committed Receipt(History history)
    {
        var was = ((Committed)history.Steps[Tale.Delivered]).Commit.Changed[0];
        var head = Head(history, Tale.Erasing);
        return new Committed(new ConversationCommit
        {
            TenantId = Tale.Tenant,
            Head = head with { Version = head.Version + 1, EventNumber = head.EventNumber + 1 },
            Changed = [was with { Status = MessageStatus.Read }],
            Events = [Tale.Status(head.EventNumber + 1, was, MessageStatus.Delivered, MessageStatus.Read)],
        });
    }
}
