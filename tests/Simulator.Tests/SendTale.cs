using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Tests;

/// <summary>A history that keeps every promise: two messages are queued and sent; the first one's echo comes before its answer.</summary>
internal static class SendTale
{
    /// <summary>Places of the steps, to break them by name.</summary>
    public const int Queued = 0, QueueTold = 1, QueuedNext = 2, Leaving = 3, Out = 4, Parked = 5, EchoTold = 6, Heard = 7, Accepted = 8, Released = 9,
        LeavingNext = 10, OutNext = 11, AcceptedNext = 12;

    public static readonly Guid First = Guid.Parse("019de368-0000-7001-8000-000000000001");
    public static readonly Guid Next = Guid.Parse("019de368-0000-7002-8000-000000000002");
    private static readonly ConversationOpening Opening = new(
        ConversationKind.Direct, Tale.Line, Party.Of(Tale.Phone), null, [AddressPair.Of(Tale.Line, Tale.Phone)]);

    public static History Good()
    {
        var head = ConversationDraft.Begin(ConversationId.Of(Tale.Line, Tale.Phone), Opening, Tale.Noon);
        var messages = new Dictionary<Guid, Message>();
        Committed Commit(Action<ConversationDraft> decide)
        {
            var draft = new ConversationDraft(head, Tale.Noon, Guid.CreateVersion7);
            draft.Meet(Opening);
            decide(draft);
            var commit = draft.ToCommit(Tale.Tenant);
            head = commit.Head;
            foreach (var message in commit.Added.Concat(commit.Changed))
            {
                messages[message.Id] = message;
            }

            return new Committed(commit);
        }

        Send SendOf(Guid id) => head.Sends.First(s => s.MessageId == id);
        KnownMessage Known(Guid id) => new(messages[id].Sequence, messages[id]);
        Committed Queue(Guid id, string text) => Commit(d => d.Queue(new SendOrder(
            id, Tale.Session, Tale.Line, Tale.Phone, new MessageContent { Type = MessageType.Text, Text = text }, Tale.Noon.AddHours(1))));
        Committed Leave(Guid id) => Commit(d => d.MakeLeave(SendOf(id), id));
        Committed Accept(Guid id, string externalId) =>
            Commit(d => d.Accept(SendOf(id), Known(id), new SendReport(externalId, Tale.Noon.AddSeconds(1), null), null));

        var told = new Webhook(1, Tale.Tenant, Tale.Session,
        [
            new MessageFact(
                "W1", Direction.Out, ConversationKind.Direct, Tale.Phone, Tale.Line, "one", Tale.Noon.AddSeconds(1), MessageStatus.Pending, MessageOrigin.Live),
        ]);
        return new History
        {
            Told = [told],
            Asked = [new AskedFor(Tale.Tenant, First, Tale.Line, "one", true), new AskedFor(Tale.Tenant, Next, Tale.Line, "two", true)],
            IsCalm = true,
            Steps =
            [
                Queue(First, "one"),
                new SendAnswered(Tale.Tenant, First),
                Queue(Next, "two"),
                Leave(First),
                new SentOut(Tale.Tenant, First, "W1", IsLate: false),
                new EchoParked(Tale.Tenant, 1, Echo()),
                new WebhookAnswered(told),
                new SendHeard(Tale.Tenant, First, "W1"),
                Accept(First, "W1"),
                new EchoRemoved(Tale.Tenant, 1),
                Leave(Next),
                new SentOut(Tale.Tenant, Next, "W2", IsLate: false),
                Accept(Next, "W2"),
            ],
        };
    }

    private static ParkedEcho Echo() => new(
        Tale.Line,
        Tale.Line,
        new IncomingMessage
        {
            ExternalId = "W1",
            Direction = Direction.Out,
            Origin = MessageOrigin.Live,
            Status = MessageStatus.Pending,
            SessionId = Tale.Session,
            From = Tale.Line,
            To = Tale.Phone,
            Content = new MessageContent { Type = MessageType.Text, Text = "one" },
            Timestamp = Tale.Noon.AddSeconds(1),
            ReceivedAt = Tale.Noon.AddSeconds(1),
        },
        Party.Of(Tale.Phone),
        null,
        Tale.Noon.AddSeconds(1));
}
