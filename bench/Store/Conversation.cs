using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Bench.Store;

/// <summary>A conversation as its owner would know it, making one commit after the other: a message, an event, the head.</summary>
internal sealed class Conversation
{
    public const string TenantId = "bench";

    private readonly Address _line = Address.Parse("5511900000000");
    private readonly Address _contact;
    private readonly int _number;

    public Conversation(int number)
    {
        _number = number;
        _contact = Address.Parse($"55119{80_000_000 + number}");
        Head = new ConversationHead
        {
            ConversationId = ConversationId.Of(_line, _contact),
            Kind = ConversationKind.Direct,
            Line = _line,
            Contact = Party.Of(_contact),
            Aliases = [AddressPair.Of(_line, _contact)],
            SessionIds = ["shop-1"],
            CreatedAt = DateTimeOffset.UtcNow,
        };
    }

    public ConversationHead Head { get; private set; }

    public string NextExternalId => $"3EB0{_number:X8}{Head.LastSequence + 1:X8}";

    public ConversationCommit Next()
    {
        var now = DateTimeOffset.UtcNow;
        var sequence = Head.LastSequence + 1;
        var message = new Message
        {
            Id = Guid.CreateVersion7(now),
            ExternalId = NextExternalId,
            Sequence = sequence,
            Direction = Direction.In,
            Origin = MessageOrigin.Live,
            Status = MessageStatus.Delivered,
            SessionId = "shop-1",
            From = _contact,
            To = _line,
            AuthorName = "Maria da Silva",
            Content = new MessageContent
            {
                Type = MessageType.Text,
                Text = "Bom dia! Queria saber se o pedido 48213 já saiu para entrega, porque amanhã não vou estar em casa.",
            },
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
            CreatedAt = now,
            UpdatedAt = now,
            Times = StatusTimes.None.With(MessageStatus.Delivered, now),
            CountsUnread = true,
        };
        var isNew = Head.Version == 0;
        Head = Head with
        {
            Version = Head.Version + 1,
            EventNumber = Head.EventNumber + 1,
            InboundCount = Head.InboundCount + 1,
            UnreadCount = Head.UnreadCount + 1,
            LastSequence = sequence,
            LastMessageSequence = sequence,
            LastActivityAt = message.Timestamp,
        };
        return new ConversationCommit
        {
            TenantId = TenantId,
            Head = Head,
            VisibleDelta = isNew ? 1 : 0,
            MessageDelta = 1,
            Added = [message],
            Aliases = isNew ? Head.Aliases : [],
            Events =
            [
                new EventFacts
                {
                    Type = EventType.MessageCreated,
                    Number = Head.EventNumber,
                    At = now,
                    SessionId = "shop-1",
                    MessageId = message.Id,
                    Sequence = sequence,
                    Origin = MessageOrigin.Live,
                    Current = MessageStatus.Delivered,
                },
            ],
        };
    }
}
