using System.Globalization;
using Parley.Domain.Messages;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>What must be the same whatever order a set of webhooks came in: messages, statuses, contents and counts.</summary>
/// <remarks>Not in it: sequences, times of receipt, and which of two sessions of a line brought a message.</remarks>
internal static class Fingerprint
{
    public static string Of(Replica replica, IReadOnlyList<Webhook> told)
    {
        var identities = new Identities(told);
        var lines = new List<string>();
        foreach (var conversation in replica.Conversations.Values.Where(c => c.Head.IsVisible))
        {
            var head = conversation.Head;
            var parties = new[] { identities.Of(head.Line), identities.Of(head.Line, head.ContactAddress) }.Order(StringComparer.Ordinal);
            var name = string.Join(" with ", parties);
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {head.InboundCount} in, {head.OutboundCount} out, {head.UnreadCount} unread"));
            lines.AddRange(conversation.Living.Select(row => $"{name}: {Describe(row.Message!, identities)}"));
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    private static string Describe(Message message, Identities identities)
    {
        var text = message.Edits.Where(e => e.Text is not null).OrderBy(e => e.Stamp.SentMs).LastOrDefault()?.Text ?? message.Content.Text;
        var reactions = message.Reactions.GroupBy(r => identities.Of(r.From.Best!.Value), StringComparer.Ordinal)
            .Select(g => (g.Key, g.OrderBy(r => r.Stamp.SentMs).Last().Emoji))
            .Where(r => r.Emoji is not null)
            .Select(r => $"{r.Key} {r.Emoji}")
            .Order(StringComparer.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{message.Direction} {message.ExternalId} {message.Status} {message.Origin} {message.Timestamp:O} '{text}' [{string.Join(", ", reactions)}] {message.DeletedAt:O}");
    }
}
