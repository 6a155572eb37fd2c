using Parley.Domain.Messages;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>Durable before acknowledged: what an answer says, and what it rests on, is kept when it is given.</summary>
internal static class AnswerRules
{
    public static void Check(Step step, Func<string, Replica> of, Action<string, string> report)
    {
        switch (step)
        {
            case WebhookAnswered { Webhook: var webhook }:
                foreach (var fact in webhook.Facts)
                {
                    if (Missing(of(webhook.TenantId), webhook, fact) is { } missing)
                    {
                        report(Rules.Durability, $"webhook {webhook.Number} was answered, and {missing}.");
                    }
                }

                break;
            case ReadAnswered read:
                var head = Follow(of(read.TenantId), read.ConversationId);
                if (head is null || (head.Head.ConversationId == read.ConversationId && head.Head.ReadUpTo < read.ReadUpTo))
                {
                    report(Rules.Durability, $"{read.ConversationId} was answered to be read up to {read.ReadUpTo}, and is not.");
                }

                break;
            case SendAnswered send when of(send.TenantId).FindById(send.MessageId) is null:
                report(Rules.Durability, $"message {send.MessageId} was answered to be queued, and is not kept.");
                break;
            case DeletionAnswered deletion:
                CheckDeletion(of(deletion.TenantId), deletion, report);
                break;
        }
    }

    /// <summary>The conversation that stays.</summary>
    public static KeptConversation? Follow(Replica replica, string conversationId)
    {
        var conversation = replica.Conversations.GetValueOrDefault(conversationId);
        for (var i = 0; conversation?.Head.MergedInto is { } into && i < 10; i++)
        {
            conversation = replica.Conversations.GetValueOrDefault(into);
        }

        return conversation;
    }

    private static string? Missing(Replica replica, Webhook webhook, Fact fact)
    {
        switch (fact)
        {
            case MessageFact message:
                if (replica.Echoes.Values.Any(e => e.Message.ExternalId == message.ExternalId && e.Message.Direction == message.Direction))
                {
                    return null;
                }

                var rows = replica.Find(message.ExternalId).Where(r => r.Direction == message.Direction).ToList();
                return rows.Count == 0 ? $"message {message.ExternalId} is not kept"
                    : rows.TrueForAll(r => !replica.IsDeleted(r) && r.Message!.Status < message.Status) ? $"message {message.ExternalId} is not {message.Status}"
                    : null;
            case ChangeFact { Change: var change }:
                return replica.Parked.Values.Any(p => p.SessionId == webhook.SessionId && Oracle.AreEqual(p.Change, change))
                    || replica.Find(change.TargetId).Any(row => replica.IsDeleted(row) || Oracle.Reflects(row.Message!, change))
                    ? null
                    : $"{Name(change)} is neither applied nor parked";
            case PairFact { Pair: var pair }:
                return replica.Numbers.TryGetValue(pair.Lid, out var numbers) && numbers.Contains(pair.Phone.Canonical)
                    ? null
                    : $"the pair {pair.Lid} = {pair.Phone} is not kept";
            case NumberFact number:
                return replica.Sessions.GetValueOrDefault(number.SessionId)?.PhoneNumber is null
                    ? $"the number of session {number.SessionId} is not kept"
                    : null;
            default:
                return null;
        }
    }

    private static void CheckDeletion(Replica of, DeletionAnswered deletion, Action<string, string> report)
    {
        // Sealed meanwhile or not: the mark lies on the conversation that was asked for, or went along with its messages.
        var conversation = of.Conversations.GetValueOrDefault(deletion.ConversationId);
        var left = conversation?.Rows.Values
            .Where(row => row.Sequence <= deletion.LastSequence && !of.IsDeleted(row))
            .ToList();
        if (conversation is null || left!.Count > 0)
        {
            report(Rules.Durability, $"{deletion.ConversationId} was answered to be deleted up to {deletion.LastSequence}; "
                + $"there is {left?.FirstOrDefault()?.ToString() ?? "nothing of it"}.");
        }
    }

    private static string Name(MessageChange change) => $"{change.GetType().Name} of {change.TargetId}";
}
