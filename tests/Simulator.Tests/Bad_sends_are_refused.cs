using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Simulator.Checking;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Tests;

public sealed class Bad_sends_are_refused
{
    private static readonly Dictionary<string, (string Rule, Func<History, History> Break)> Bad = new(StringComparer.Ordinal)
    {
        ["a message is sent twice"] = (Rules.SentTwice, h => h.After(SendTale.Out, new SentOut(Tale.Tenant, SendTale.First, "W9", IsLate: true))),
        ["a message is sent that is only queued"] = (Rules.SentWrongly, h => h.Swapped(SendTale.LeavingNext, SendTale.OutNext)),
        ["a message is sent that is not kept"] = (Rules.SentWrongly, h => h.After(
            SendTale.Out, new SentOut(Tale.Tenant, Guid.CreateVersion7(), "W9", IsLate: false))),
        ["a message is sent before an older one"] = (Rules.SendOrder, h => h.Swapped(SendTale.Out, SendTale.OutNext)),
        ["a cancelled message is sent"] = (Rules.SentWrongly, h => h.After(
            SendTale.QueuedNext, new CancelAnswered(Tale.Tenant, SendTale.Next))),
        ["a send is answered before it is kept"] = (Rules.Durability, h => h.Swapped(SendTale.Queued, SendTale.QueueTold)),
        ["a send stays in the queue"] = (Rules.WorkLeft, h => h with { Steps = h.Steps[..SendTale.LeavingNext] }),
        ["a send that is over stays in the queue"] = (Rules.Queue, h => h.With(SendTale.Accepted, c => c with { Dequeued = [] })),
        ["the queue has another state than the head"] = (Rules.Queue, h => h.With(SendTale.Leaving, c => c with
        {
            Queued = [c.Queued[0] with { State = SendState.Queued }],
        })),
        ["a send gets another message's id"] = (Rules.Named, h => h.With(SendTale.Accepted, c => c with
        {
            Changed = [c.Changed[0] with { ExternalId = "P1" }],
        })),
        ["an answer that was heard is forgotten"] = (Rules.Named, h => h.After(SendTale.Heard, new SendHeard(Tale.Tenant, SendTale.First, "W9"))),
        ["an echo is kept beside its leaving send"] = (Rules.Doubled, h => h.After(SendTale.Out, EchoBeside(h))),
        ["an echo is answered before it is parked"] = (Rules.Durability, h => h.Swapped(SendTale.Parked, SendTale.EchoTold)),
        ["an echo is removed before it is kept"] = (Rules.Lost, h => h.Swapped(SendTale.Accepted, SendTale.Released)),
        ["an echo stays parked"] = (Rules.WorkLeft, h => h.Without(SendTale.Released)),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    [Fact]
    public void a_good_history_is_accepted() => Assert.Empty(Checker.Check(SendTale.Good()));

    [Theory]
    [MemberData(nameof(Names))]
    public void a_bad_history_is_refused(string name)
    {
        var (rule, spoil) = Bad[name];

        var violations = Checker.Check(spoil(SendTale.Good()));

        Assert.Contains(violations, violation => violation.Rule == rule);
    }

    /// <summary>The commit of a message that came while its send was leaving.</summary>
    private static Committed EchoBeside(History history)
    {
        var leaving = ((Committed)history.Steps[SendTale.Leaving]).Commit;
        var copy = Tale.Message("W1", 3, Direction.Out, Tale.Noon.AddSeconds(1));
        return new Committed(leaving with
        {
            Head = leaving.Head with
            {
                Version = leaving.Head.Version + 1,
                EventNumber = leaving.Head.EventNumber + 1,
                LastSequence = 3,
                OutboundCount = 3,
                LastMessageSequence = 3,
            },
            Queued = [],
            Added = [copy],
            Events = [Tale.Created(leaving.Head.EventNumber + 1, copy)],
            MessageDelta = 1,
        });
    }
}
