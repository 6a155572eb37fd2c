using System.Collections.Immutable;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <content>Sends. The sender of a session asks and reports; the gateway is never called here.</content>
public sealed partial class ConversationGrain
{
    public Task<QueueReply> Queue(QueueRequest request) => Alone(async () =>
    {
        if (_head?.MergedInto is { } into)
        {
            return new QueueReply(QueueOutcome.NotHere, null, into, null);
        }

        // A repeated request may come after a merge, or after its message was deleted.
        if (await _store.FindById(_tenantId, request.Order.MessageId, CancellationToken.None) is { } kept)
        {
            return new QueueReply(QueueOutcome.Known, kept.Message, null, null);
        }

        var draft = Draft(_head ?? ConversationDraft.Begin(_conversationId, request.Opening, _time.GetUtcNow()));
        if (draft.IsQueueFull)
        {
            return new QueueReply(QueueOutcome.Full, null, null, null);
        }

        draft.Meet(request.Opening);
        var message = draft.Queue(request.Order);
        var result = await TryCommit(draft);
        return result.Outcome switch
        {
            CommitOutcome.Done => new QueueReply(QueueOutcome.Queued, message, null, null),
            CommitOutcome.PairTaken => new QueueReply(QueueOutcome.NotHere, null, null, result.Pair),
            _ => throw Fail($"The store refused a send: {result.Outcome}.", null),
        };
    });

    public Task<LeaveReply> Leave(Guid messageId, Guid token) => Alone(async () =>
    {
        if (_head is not { MergedInto: null } head)
        {
            return new LeaveReply(_head is null ? LeaveOutcome.Done : LeaveOutcome.NotHere, null, null, _head?.MergedInto);
        }

        if (head.Sends.FirstOrDefault(s => s.MessageId == messageId) is not { State: not SendState.Unknown } send
            || (send.State == SendState.Leaving && send.Token != token))
        {
            return new LeaveReply(LeaveOutcome.Done, null, null, null);
        }

        var known = await ReadSend(messageId);
        var draft = Draft(head);
        if (send.State == SendState.Queued)
        {
            if (send.ExpiresAt <= _time.GetUtcNow())
            {
                draft.Fail(send, known, send.Hindrance is { } code ? new MessageError(code, SendErrors.Expired.Message) : SendErrors.Expired);
                await Commit(draft);
                return new LeaveReply(LeaveOutcome.Done, null, null, null);
            }

            if (!head.TakingOver.IsEmpty || await IsBehind(head, send))
            {
                return new LeaveReply(LeaveOutcome.Later, null, null, null);
            }

            draft.MakeLeave(send, token);
            await Commit(draft);
        }

        return new LeaveReply(LeaveOutcome.Leaving, known.Message, known.Message is { } leaving ? _head.OtherSideOf(leaving) : null, null);
    });

    /// <summary>Whether another send of the conversation goes first. What waits for a session that is not open holds up no other session.</summary>
    private async Task<bool> IsBehind(ConversationHead head, Send send)
    {
        if (IsLeaving(head))
        {
            return true;
        }

        var earlier = head.Sends
            .TakeWhile(s => s.MessageId != send.MessageId)
            .Where(static s => s.State == SendState.Queued)
            .Select(static s => s.SessionId)
            .ToHashSet(StringComparer.Ordinal);
        if (earlier.Contains(send.SessionId))
        {
            return true;
        }

        foreach (var sessionId in earlier)
        {
            if (await _sessions.ReadSession(_tenantId, sessionId, CancellationToken.None) is { Status: SessionStatus.Open, GatewayId: not null })
            {
                return true;
            }
        }

        return false;
    }

    public async Task<SettleReply> Settle(SettleRequest request)
    {
        var (reply, named) = await Alone(() => SettleSend(request));
        if (named is not null)
        {
            await MeetNamed(named, reply.Message!);
        }

        return reply;
    }

    public Task<SettleReply> Cancel(Guid messageId) => Alone(async () =>
    {
        if (_head is not { MergedInto: null } head)
        {
            return new SettleReply(false, null, _head?.MergedInto);
        }

        if (head.Sends.FirstOrDefault(s => s.MessageId == messageId) is not { State: SendState.Queued } send)
        {
            // What a sealed conversation has in its queue can be cancelled once it is taken over.
            return await IsElsewhere(messageId)
                ? throw new RetryableException("A send is still to be taken over.")
                : new SettleReply(false, null, null);
        }

        var draft = Draft(head);
        var known = await ReadSend(messageId);
        draft.Fail(send, known, SendErrors.Cancelled);
        await Commit(draft);
        return new SettleReply(true, MessageIn(draft, known), null);
    });

    /// <returns>The reply, and the gateway id that the message has since.</returns>
    private async Task<(SettleReply Reply, string? Named)> SettleSend(SettleRequest request)
    {
        if (_head is not { MergedInto: null } head)
        {
            return (new SettleReply(false, null, _head?.MergedInto), null);
        }

        // Only its maker knows how it ended, also after the sweep found nobody at it; only the sweep speaks without a token.
        var send = head.Sends.FirstOrDefault(s => s.MessageId == request.MessageId);
        if (send is null && await FindNamed(request) is { } before)
        {
            // It was settled by an earlier try, whose second look may have failed.
            return (new SettleReply(false, before, null), before.ExternalId);
        }

        var isMaker = request.Token is not null && send?.Token == request.Token;
        if (send is null || send.State == SendState.Queued || !(isMaker || (request.Token is null && send.State == SendState.Leaving))
            || (send.State == SendState.Unknown && request.Outcome == SendResult.Unknown))
        {
            return (new SettleReply(false, null, null), null);
        }

        var known = await ReadSend(send.MessageId);
        var draft = Draft(head);
        string? named = null;
        switch (request.Outcome)
        {
            case SendResult.Accepted:
                named = request.ExternalId!;
                var lookup = await _reads.LookUp([named], [send.Line]);
                draft.Accept(
                    send,
                    known,
                    new SendReport(named, request.Timestamp, request.Status),
                    _decisions.Here(lookup, new MessageKey(Direction.Out, named)));
                _decisions.ApplyParked(draft, named, lookup);
                break;
            case SendResult.Failed:
                draft.Fail(send, known, request.Error!);
                break;
            case SendResult.NotSent when send.State == SendState.Leaving:
                draft.Requeue(send, request.Error?.Code);
                break;
            case SendResult.NotSent:
                // The sweep has said already that nobody knows; now somebody does, but its time is over.
                draft.Fail(send, known, request.Error ?? SendErrors.Expired);
                break;
            default:
                draft.LoseSight(send, known, request.Error ?? SendErrors.OutcomeUnknown);
                break;
        }

        await Commit(draft);
        return (new SettleReply(true, MessageIn(draft, known), null), known.Message is null ? null : named);
    }

    private async Task<bool> IsElsewhere(Guid messageId) =>
        await _store.FindById(_tenantId, messageId, CancellationToken.None) is { } kept && kept.ConversationId != _conversationId;

    /// <summary>The message of a report that was taken in before.</summary>
    private async Task<Message?> FindNamed(SettleRequest request) =>
        request is { Outcome: SendResult.Accepted, ExternalId: { } id }
        && _decisions.Here(await _reads.LookUp([id], []), new MessageKey(Direction.Out, id))?.Message is { } message
        && message.Id == request.MessageId
            ? message
            : null;

    /// <summary>The second look after a send has its id: what came for it meanwhile, and a copy that was kept elsewhere.</summary>
    private async Task MeetNamed(string externalId, Message message)
    {
        using var reading = _recent.BeginRead();
        var lookup = await _reads.LookUp([externalId], [message.From]);
        await ApplyParked(lookup);
        if (lookup.Messages.Any(m => m.ConversationId != _conversationId && m.Message is not null && m.Direction == Direction.Out
            && ChangeTarget.IsOfLine(m, message.SessionId, message.From, lookup.Lines)))
        {
            await LeaveWork([new Domain.Work.Meet(externalId)]);
        }
    }

    /// <summary>The message of a send that has no gateway id yet.</summary>
    private async Task<KnownMessage> ReadSend(Guid messageId)
    {
        var key = new MessageKey(Direction.Out, Message.UnsentId(messageId));
        var lookup = await _reads.LookUp([key.ExternalId], []);
        return _decisions.Here(lookup, key) ?? throw Fail("A send has no message.", null);
    }

    /// <summary>Sends with an unknown outcome of which a delivery may be the echo: what they are must be read for the decision.</summary>
    private IReadOnlyList<string> UnknownSends(ApplyRequest request)
    {
        if (_head is not { Sends.IsEmpty: false } head || !request.Items.Any(static i => i is KeepItem { Message.Direction: Direction.Out }))
        {
            return [];
        }

        return [.. head.Sends.Where(static s => s.State == SendState.Unknown).Select(static s => Message.UnsentId(s.MessageId))];
    }

    private static Message? MessageIn(ConversationDraft draft, KnownMessage known) =>
        known.Message is { } before
            ? draft.Touched.GetValueOrDefault(new MessageKey(before.Direction, before.ExternalId))?.Message ?? before
            : null;

    private static bool IsLeaving(ConversationHead head) => head.Sends.Any(static s => s.State == SendState.Leaving);

    /// <summary>Up to where messages can become tombstones: one that is leaving gets its gateway id first, so that its copies stay known.</summary>
    private static long ErasableUpTo(ConversationHead head) =>
        head.Sends.FirstOrDefault(s => s.State == SendState.Leaving && s.Sequence <= head.DeletedUpTo) is { } send
            ? send.Sequence - 1
            : head.DeletedUpTo;
}
