using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>Never sent twice, in order, never for ever in the queue; and what WhatsApp has is one message here.</summary>
internal static class SendRules
{
    public static void Take(Step step, Func<string, Replica> of, Action<string, string> report)
    {
        switch (step)
        {
            case SentOut sent:
                Send(of(sent.TenantId), sent, report);
                break;
            case SendHeard heard:
                of(heard.TenantId).Heard[heard.MessageId] = heard.ExternalId;
                break;
            case CancelAnswered cancel:
                of(cancel.TenantId).Cancelled.Add(cancel.MessageId);
                if (of(cancel.TenantId).Sent.Find(s => s.MessageId == cancel.MessageId) is { } gone)
                {
                    report(Rules.SentWrongly, $"{gone.ExternalId} was out when {cancel.MessageId} was answered to be cancelled.");
                }

                break;
            case EchoParked parked:
                of(parked.TenantId).Echoes[parked.Id] = parked.Echo;
                break;
            case EchoRemoved removed:
                RemoveEcho(of(removed.TenantId), removed.Id, report);
                break;
        }
    }

    /// <summary>The head and the store's queue say the same, after every commit.</summary>
    public static void Commit(Replica replica, KeptConversation kept, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var send in commit.Queued)
        {
            CheckState(replica, kept, send, say);
            replica.Queue[send.MessageId] = send;
        }

        foreach (var id in commit.Dequeued)
        {
            replica.Queue.Remove(id);
        }

        CheckEchoes(replica, commit, say);
        if (kept.Head.MergedInto is not null)
        {
            // Its sends are in the head that takes it over, once their messages are there.
            return;
        }

        var inHead = kept.Head.Sends.Where(s => s.State != SendState.Unknown).Select(s => (s.MessageId, s.Sequence, s.State, s.SessionId)).ToHashSet();
        var inQueue = replica.Queue.Values.Where(s => s.ConversationId == kept.Head.ConversationId)
            .Select(s => (s.MessageId, s.Sequence, s.State, s.SessionId));
        if (!inHead.SetEquals(inQueue))
        {
            say(Rules.Queue, $"its head has {inHead.Count} sends, its session's queue has others: {string.Join(", ", inQueue)}.");
        }

        foreach (var send in kept.Head.Sends)
        {
            if (kept.Rows.GetValueOrDefault(send.Sequence) is not { Message: { IsNamed: false } message } || message.Id != send.MessageId)
            {
                say(Rules.Queue, $"send {send.MessageId} is not #{send.Sequence}, or has its id already.");
            }
        }
    }

    /// <summary>A send gets the id under which WhatsApp has it. Only one of which nobody knew may get that of another message with its text.</summary>
    public static void CheckName(Replica replica, Message was, Message now, Action<string, string> say)
    {
        var sent = replica.Sent.Find(s => s.ExternalId == now.ExternalId);
        if (sent?.MessageId != now.Id && was.Status != MessageStatus.OutcomeUnknown)
        {
            say(Rules.Named, $"#{now.Sequence} {was.Status} is named {now.ExternalId}, which is {sent?.MessageId.ToString() ?? "none of the gateway's"}.");
        }
    }

    public static void CheckRest(
        Replica replica, IReadOnlyList<AskedFor> asked, IReadOnlyList<Webhook> told, bool isCalm, Action<string, string> report)
    {
        foreach (var send in replica.Queue.Values)
        {
            report(Rules.WorkLeft, $"{send.MessageId} of {send.ConversationId} is still {send.State}.");
        }

        foreach (var echo in replica.Echoes.Values)
        {
            report(Rules.WorkLeft, $"{echo.Message.ExternalId} is still parked.");
        }

        foreach (var ask in asked)
        {
            CheckAsked(replica, ask, told, isCalm, report);
        }
    }

    private static void CheckAsked(
        Replica replica, AskedFor ask, IReadOnlyList<Webhook> told, bool isCalm, Action<string, string> report)
    {
        if (replica.FindById(ask.MessageId) is not { } row)
        {
            report(Rules.Lost, $"message {ask.MessageId} is not kept.");
            return;
        }

        if (replica.Cancelled.Contains(ask.MessageId) && replica.Sent.Find(s => s.MessageId == ask.MessageId) is { } gone)
        {
            report(Rules.SentWrongly, $"{gone.ExternalId} is out although {row} was cancelled.");
        }

        if (row.Message is not { } message)
        {
            return;
        }

        if (isCalm && replica.Heard.TryGetValue(ask.MessageId, out var externalId) && message.ExternalId != externalId)
        {
            report(Rules.Named, $"{row} was answered to be {externalId}.");
        }

        if (!message.IsNamed && message.Status is not (MessageStatus.Failed or MessageStatus.OutcomeUnknown))
        {
            report(Rules.WorkLeft, $"{row} is {message.Status} for ever.");
        }

        // An echo after an unknown outcome tells how it ended, where it can be of no other message.
        if (isCalm && ask.IsUnmistakable && !message.IsNamed && replica.Sent.Find(s => s.MessageId == ask.MessageId) is { } sent
            && replica.Conversations[row.ConversationId].Head.DeletedUpTo == 0
            && told.Any(w => w.Facts.OfType<MessageFact>().Any(f => f.ExternalId == sent.ExternalId)))
        {
            report(Rules.Doubled, $"{row} is {message.Status}, and {sent.ExternalId} is its echo.");
        }
    }

    private static void Send(Replica replica, SentOut sent, Action<string, string> report)
    {
        var row = replica.FindById(sent.MessageId);
        foreach (var before in replica.Sent.Where(s => s.MessageId == sent.MessageId))
        {
            report(Rules.SentTwice, $"{row} is out as {before.ExternalId} and as {sent.ExternalId}.");
        }

        if (row is null)
        {
            report(Rules.SentWrongly, $"{sent.ExternalId} is out, and {sent.MessageId} is not kept.");
        }
        else if (!sent.IsLate)
        {
            if (replica.Queue.GetValueOrDefault(sent.MessageId)?.State == SendState.Queued)
            {
                report(Rules.SentWrongly, $"{row} is out and only queued.");
            }

            var later = replica.Sent.Find(s => !s.IsLate && s.ConversationId == row.ConversationId && s.Sequence > row.Sequence);
            if (later is not null)
            {
                report(Rules.SendOrder, $"{row} is out after #{later.Sequence}.");
            }
        }

        replica.Sent.Add(new Sent(sent.MessageId, sent.ExternalId, row?.ConversationId, row?.Sequence ?? 0, sent.IsLate));
    }

    private static void CheckState(Replica replica, KeptConversation kept, QueuedSend send, Action<string, string> say)
    {
        if (send.State == SendState.Leaving && send.Sequence <= kept.Head.DeletedUpTo)
        {
            say(Rules.SentWrongly, $"#{send.Sequence} leaves although it is deleted.");
        }

        if (send.State == SendState.Leaving && replica.Cancelled.Contains(send.MessageId))
        {
            say(Rules.SentWrongly, $"#{send.Sequence} leaves although it was cancelled.");
        }
    }

    /// <summary>While a send is leaving, nobody sees its echo beside it.</summary>
    private static void CheckEchoes(Replica replica, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var message in commit.Added.Where(m => m.Direction == Direction.Out && m.IsNamed))
        {
            if (replica.Sent.Find(s => s.ExternalId == message.ExternalId) is { } sent
                && replica.Queue.GetValueOrDefault(sent.MessageId) is { State: SendState.Leaving } leaving
                && leaving.Line == message.From.Canonical)
            {
                say(Rules.Doubled, $"#{message.Sequence} {message.ExternalId} is the echo of {sent.MessageId}, which is leaving.");
            }
        }
    }

    private static void RemoveEcho(Replica replica, long id, Action<string, string> report)
    {
        if (replica.Echoes.Remove(id, out var echo)
            && !replica.Find(echo.Message.ExternalId).Any(r => r.Direction == echo.Message.Direction)
            && !replica.Echoes.Values.Any(e => e.Message.ExternalId == echo.Message.ExternalId))
        {
            report(Rules.Lost, $"the parked {echo.Message.ExternalId} went, and is not kept.");
        }
    }
}
