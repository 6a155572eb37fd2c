using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Work;

namespace Parley.Domain.Conversations;

/// <content>Sends: queued, leaving, done. All of it is shown as <c>pending</c> until the outcome is known.</content>
public sealed partial class ConversationDraft
{
    /// <summary>As many sends may wait in one conversation: they stand in its head.</summary>
    public const int MostWaiting = 100;

    /// <summary>How long an echo may show that a send with an unknown outcome went out.</summary>
    public static readonly TimeSpan RemembersUnknown = TimeSpan.FromHours(24);

    /// <summary>More than these, and an echo could not be told for one of them anyhow.</summary>
    private const int MostUnknown = 20;

    private readonly List<long> _released = [];
    private readonly Dictionary<Guid, QueuedSend> _queued = [];
    private readonly HashSet<Guid> _dequeued = [];

    /// <summary>Whether no further message may wait.</summary>
    public bool IsQueueFull => _head.Sends.Count(static s => s.State != SendState.Unknown) >= MostWaiting;

    /// <summary>Puts a message at the end of the conversation and into the queue of its session.</summary>
    public Message Queue(SendOrder order)
    {
        if (_head.LastSequence == 0 && _head.EventNumber == 0)
        {
            Raise(new EventFacts { Type = EventType.ConversationCreated, Number = 0, At = _now, SessionId = order.SessionId });
        }

        var message = MessageRules.Open(order, _head.LastSequence + 1, _now);
        Append(message);
        _added.Add(message);
        _messageDelta++;
        UseSession(order.SessionId);
        Raise(Facts(EventType.MessageCreated, message, order.SessionId) with { Current = message.Status });
        Put(new Send
        {
            MessageId = message.Id,
            Sequence = message.Sequence,
            State = SendState.Queued,
            SessionId = order.SessionId,
            Fingerprint = SendFingerprint.Of(order.Content),
            ExpiresAt = order.ExpiresAt,
            Since = _now,
            Line = order.From,
        });
        Leave(new SendQueued(order.SessionId));
        return message;
    }

    /// <summary>Makes a send leave: from now on only whoever has the token may send it.</summary>
    public void MakeLeave(Send send, Guid token) => Put(send with { State = SendState.Leaving, Token = token, Since = _now });

    /// <summary>It was not sent: it goes back to its place, unless its conversation was deleted meanwhile.</summary>
    /// <param name="hindrance">The error code of what was in the way.</param>
    public void Requeue(Send send, string? hindrance)
    {
        if (send.Sequence <= _head.DeletedUpTo)
        {
            // It was deleted while it was leaving: what was queued then does not leave any more.
            Drop(send);
            return;
        }

        Put(send with { State = SendState.Queued, Token = null, Since = _now, Hindrance = hindrance });
    }

    /// <summary>It was not sent and never will be.</summary>
    /// <param name="known">Its message.</param>
    public void Fail(Send send, KnownMessage known, MessageError error)
    {
        Tell(send, known, MessageStatus.Failed, error);
        Drop(send);
    }

    /// <summary>Nobody knows whether it was sent.</summary>
    /// <param name="known">Its message.</param>
    /// <param name="error">With the gateway's words, where it had any.</param>
    public void LoseSight(Send send, KnownMessage known, MessageError error)
    {
        Tell(send, known, MessageStatus.OutcomeUnknown, error);
        if (IsDeleted(known))
        {
            Drop(send);
            return;
        }

        Put(send with { State = SendState.Unknown, Since = _now });
    }

    /// <summary>The gateway took it: it has the gateway's id from now on.</summary>
    /// <param name="known">Its message.</param>
    /// <param name="taken">What is kept here under that id already, by an echo that came first; null = nothing.</param>
    public void Accept(Send send, KnownMessage known, SendReport report, KnownMessage? taken)
    {
        taken = Over(new MessageKey(Direction.Out, report.ExternalId), taken);
        Drop(send);
        if (known.Message is not { } before)
        {
            return;
        }

        // In groups no receipt ever comes; and what was thought lost is known to be out now.
        var accepted = _head.Kind == ConversationKind.Group || send.State == SendState.Unknown ? MessageStatus.Sent : MessageStatus.Pending;
        var next = MessageRules.Name(before, report, accepted, _now);
        if (taken is not null && taken.Sequence != before.Sequence)
        {
            next = Absorb(next, taken);
        }

        Replace(before, next, send.SessionId);
        _touched[new MessageKey(before.Direction, before.ExternalId)] = new KnownMessage(before.Sequence, next);
    }

    /// <summary>The single send of this line and content whose outcome is unknown; null = there is none, or an echo could be of either.</summary>
    public Send? FindUnknown(IncomingMessage message)
    {
        var fingerprint = SendFingerprint.Of(message.Content);
        Send? found = null;
        foreach (var send in _head.Sends)
        {
            // Of two own lines that write to each other both have their sends here.
            if (send.State == SendState.Unknown && send.Fingerprint == fingerprint && _now - send.Since <= RemembersUnknown
                && (send.SessionId == message.SessionId || send.Line.Canonical == message.From.Canonical))
            {
                if (found is not null)
                {
                    return null;
                }

                found = send;
            }
        }

        return found;
    }

    /// <summary>Deleting the conversation cancels what is queued; what is leaving falls under the mark when it is done.</summary>
    private void CancelSends()
    {
        foreach (var send in _head.Sends.Where(static s => s.State != SendState.Leaving))
        {
            Drop(send);
        }
    }

    /// <summary>A message of a sealed conversation that still waits, or is looked for, does so here from now on.</summary>
    private void TakeSend(Message message)
    {
        if (message is { Direction: Direction.Out, IsNamed: false, Status: MessageStatus.Pending or MessageStatus.OutcomeUnknown })
        {
            var isUnknown = message.Status == MessageStatus.OutcomeUnknown;
            Put(new Send
            {
                MessageId = message.Id,
                Sequence = message.Sequence,
                State = isUnknown ? SendState.Unknown : SendState.Queued,
                SessionId = message.SessionId,
                Fingerprint = SendFingerprint.Of(message.Content),
                ExpiresAt = message.ExpiresAt ?? _now,
                Since = isUnknown ? message.Times.FailedAt ?? _now : _now,
                Line = message.From,
            });
        }
    }

    /// <summary>The message that has the id already gives it up, with all that it was told.</summary>
    private Message Absorb(Message next, KnownMessage taken)
    {
        _released.Add(taken.Sequence);
        if (taken.Message is not { } copy || IsDeleted(taken))
        {
            return next;
        }

        Count(copy, -1);
        if (_head.LastMessageSequence == copy.Sequence)
        {
            _head = _head with { LastMessageSequence = next.Sequence > _head.DeletedUpTo ? next.Sequence : null };
        }

        Raise(Facts(EventType.MessageDeleted, copy with { UpdatedAt = _now }, copy.SessionId));
        return MessageRules.Fold(next, copy, _now);
    }

    private void Tell(Send send, KnownMessage known, MessageStatus status, MessageError error)
    {
        if (known.Message is { } message && !IsDeleted(known))
        {
            var change = new StatusChange
            {
                TargetId = message.ExternalId,
                Stamp = new ChangeStamp(null, null, send.SessionId),
                At = _now,
                Status = status,
                Error = error,
            };
            Replace(message, MessageRules.Apply(message, change, _now), send.SessionId);
        }
    }

    private void Put(Send send)
    {
        var others = _head.Sends.RemoveAll(s => s.MessageId == send.MessageId);
        var at = 0;
        while (at < others.Length && others[at].Sequence < send.Sequence)
        {
            at++;
        }

        _head = _head with { Sends = others.Insert(at, send) };
        if (send.State == SendState.Unknown)
        {
            Dequeue(send.MessageId);
            return;
        }

        _dequeued.Remove(send.MessageId);
        _queued[send.MessageId] = new QueuedSend(
            send.SessionId,
            send.MessageId,
            _head.ConversationId,
            send.Sequence,
            send.Line.Canonical,
            send.State,
            send.Fingerprint,
            send.ExpiresAt,
            send.Since);
    }

    private void Drop(Send send)
    {
        if (send.State == SendState.Leaving && send.Sequence <= _head.DeletedUpTo)
        {
            // The erasing stopped at it: with the gateway's id its tombstone knows the copies to come.
            Leave(new Erase(_head.ConversationId));
        }

        _head = _head with { Sends = _head.Sends.RemoveAll(s => s.MessageId == send.MessageId) };
        Dequeue(send.MessageId);
    }

    private void Dequeue(Guid messageId)
    {
        _queued.Remove(messageId);
        _dequeued.Add(messageId);
    }

    /// <summary>What no echo can be of any more, or too many to tell apart, is forgotten with the next commit.</summary>
    private void ForgetUnknown()
    {
        var unknown = _head.Sends.Where(static s => s.State == SendState.Unknown).OrderByDescending(static s => s.Since).ToList();
        foreach (var send in unknown.Where((s, i) => i >= MostUnknown || _now - s.Since > RemembersUnknown))
        {
            _head = _head with { Sends = _head.Sends.Remove(send) };
        }
    }
}
