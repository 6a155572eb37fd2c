using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>What must hold when everything was told and answered, and all work is done.</summary>
internal sealed class RestRules
{
    private readonly Replica _replica;
    private readonly IReadOnlyList<Webhook> _told;
    private readonly HashSet<Guid> _asked;
    private readonly Identities _identities;
    private readonly Action<string, string> _report;

    private RestRules(Replica replica, IReadOnlyList<Webhook> told, IEnumerable<AskedFor> asked, Action<string, string> report)
    {
        _replica = replica;
        _told = told;
        _asked = [.. asked.Select(a => a.MessageId)];
        _identities = new Identities(told);
        _report = report;
    }

    public static void Check(
        Replica replica, IReadOnlyList<Webhook> told, IReadOnlyList<AskedFor> asked, Action<string, string> report)
    {
        var rules = new RestRules(replica, told, asked, report);
        rules.CheckConversations();
        rules.CheckMessages();
        rules.CheckParked();
        rules.CheckTotals();
    }

    private void CheckConversations()
    {
        foreach (var conversation in _replica.Conversations.Values)
        {
            var head = conversation.Head;
            if (head.MergedInto is not null && conversation.Rows.Count > 0)
            {
                _report(Rules.Lost, $"{head.ConversationId} is sealed and still has {conversation.Rows.Values.First()}.");
            }

            if (head.MergedInto is null && head.TakingOver.Length > 0)
            {
                _report(Rules.WorkLeft, $"{head.ConversationId} is still taking over {head.TakingOver[0].From}.");
            }

            if (head.MergedInto is null && head.ErasedUpTo != head.DeletedUpTo)
            {
                _report(Rules.WorkLeft, $"{head.ConversationId} is deleted up to {head.DeletedUpTo} and erased up to {head.ErasedUpTo}.");
            }

            foreach (var row in conversation.Rows.Values.Where(r => r.Message is not null && r.Sequence <= head.ErasedUpTo))
            {
                _report(Rules.Tombstone, $"{row} is said to be erased.");
            }

            CheckGap(conversation);
        }

        var open = _replica.Conversations.Values.Where(c => c.Head.MergedInto is null)
            .GroupBy(c => string.Join(" and ", Parties(c.Head).Order(StringComparer.Ordinal)), StringComparer.Ordinal);
        foreach (var same in open.Where(g => g.Count() > 1))
        {
            // Where only a message shows that two addresses are one person, and that was deleted, or kept by a commit whose caller had
            // given up, nobody can know it.
            var isShownByMessages = same.Select(c => _identities.Of(c.Head.ContactAddress)).Distinct(StringComparer.Ordinal).Count() > 1;
            if (isShownByMessages && (_replica.KeptLate.Count > 0 || _replica.Conversations.Values.Any(c => c.Head.DeletedUpTo > 0)))
            {
                continue;
            }

            if (!same.Any(c => _identities.IsUnclear(c.Head.ContactAddress) || _identities.IsUnclear(c.Head.Line)))
            {
                _report(Rules.OneConversation, $"{string.Join(" and ", same.Select(c => c.Head.ConversationId))} are one.");
            }
        }
    }

    private void CheckGap(KeptConversation conversation)
    {
        if (conversation.Head.MergedInto is not null)
        {
            return;
        }

        var next = 1L;
        foreach (var row in conversation.Rows.Values)
        {
            if (row.Sequence != next++)
            {
                _report(Rules.Sequence, $"{conversation.Head.ConversationId} has #{row.Sequence} where #{next - 1} should be.");
                return;
            }
        }

        if (conversation.Head.LastSequence != next - 1)
        {
            _report(Rules.Sequence, $"{conversation.Head.ConversationId} has {next - 1} messages, its last is #{conversation.Head.LastSequence}.");
        }
    }

    private void CheckMessages()
    {
        var facts = _told.SelectMany(w => w.Facts.OfType<MessageFact>())
            .GroupBy(f => (Line: _identities.Of(f.Line), f.Direction, f.ExternalId))
            .ToDictionary(g => g.Key, g => g.ToList());
        var changes = _told.SelectMany(w => w.Facts.OfType<ChangeFact>())
            .ToLookup(f => (Line: _identities.Of(f.Line), f.Change.TargetId), f => f.Change);
        var strays = _replica.ByExternalId.Values.SelectMany(r => r).ToHashSet();
        foreach (var (key, told) in facts)
        {
            // Two lines that write to each other share a conversation: there the direction tells whose copy it is.
            var found = _replica.Find(key.ExternalId)
                .Where(r => r.Direction == key.Direction && Parties(_replica.Conversations[r.ConversationId].Head).Contains(key.Line, StringComparer.Ordinal))
                .ToList();
            strays.ExceptWith(found);
            var living = found.Where(IsLiving).ToList();
            if (found.Count == 0)
            {
                _report(Rules.Lost, $"{key.Direction} {key.ExternalId} of {key.Line} is not kept.");
            }
            else if (living.Count(row => !_replica.KeptLate.Contains(row.MessageId)) > 1)
            {
                _report(Rules.Doubled, $"{string.Join(" and ", living)} are one message.");
            }
            else if (living.Count == 0 && !found.Exists(r => r.UnderMark || r.Sequence <= _replica.Conversations[r.ConversationId].Head.DeletedUpTo))
            {
                _report(Rules.Lost, $"{string.Join(" and ", found)}: nobody deleted it.");
            }
            else if (living.Count == 1 && !found.Exists(r => !IsLiving(r) && r.UnderMark))
            {
                // Where one copy of two was deleted with its conversation, it may have taken changes along.
                CheckMessage(living[0], told, [.. changes[(key.Line, key.ExternalId)]]);
            }
        }

        foreach (var stray in strays.Where(r => !IsSend(r) && r.ExternalId != KeptRow.Released(r.MessageId)))
        {
            _report(Rules.Phantom, $"nobody told {stray}.");
        }
    }

    private void CheckMessage(KeptRow row, IReadOnlyList<MessageFact> told, IReadOnlyList<MessageChange> changes)
    {
        var head = _replica.Conversations[row.ConversationId].Head;
        var peers = told.Select(t => _identities.Of(t.Line, t.Peer)).ToHashSet(StringComparer.Ordinal);
        if (!Parties(head).Any(peers.Contains) && !told.Any(t => _identities.IsUnclear(t.Peer)))
        {
            _report(Rules.OneConversation, $"{row} belongs to {string.Join(", ", peers)}.");
        }

        if (Oracle.Difference(row.Message!, told, changes, _identities.Of, IsSend(row)) is { } difference)
        {
            _report(Rules.Content, $"{row}: {difference}.");
        }
    }

    private void CheckParked()
    {
        foreach (var parked in _replica.Parked.Values)
        {
            var lines = _told.Where(w => w.SessionId == parked.SessionId).SelectMany(w => w.Facts.OfType<ChangeFact>())
                .Where(f => Oracle.AreEqual(f.Change, parked.Change)).Select(f => _identities.Of(f.Line)).ToHashSet(StringComparer.Ordinal);
            var target = _replica.Find(parked.Change.TargetId)
                .FirstOrDefault(r => lines.Contains(LineOf(r)));
            if (target is not null)
            {
                _report(Rules.ChangeLost, $"{parked.Change.GetType().Name} of {parked.Change.TargetId} is parked, and {target} is there.");
            }
        }
    }

    private void CheckTotals()
    {
        var visible = _replica.Conversations.Values.Count(c => c.Head.IsVisible);
        if (_replica.VisibleTotal != visible)
        {
            _report(Rules.Totals, $"{visible} conversations are visible, the tenant's lists say {_replica.VisibleTotal}.");
        }

        var messages = _replica.Conversations.Values.Where(c => c.Head.MergedInto is null).Sum(c => c.Living.LongCount());
        if (_replica.MessageTotal != messages)
        {
            _report(Rules.Totals, $"{messages} messages are visible, the tenant's lists say {_replica.MessageTotal}.");
        }
    }

    /// <summary>A message that somebody asked for: it needs no webhook that tells it.</summary>
    private bool IsSend(KeptRow row) => _asked.Contains(row.MessageId);

    private string[] Parties(ConversationHead head) => [_identities.Of(head.Line), _identities.Of(head.Line, head.ContactAddress)];

    private string LineOf(KeptRow row) => _identities.Of(row.Message is { } message
        ? message.Direction == Direction.In ? message.To : message.From
        : _replica.Conversations[row.ConversationId].Head.Line);

    private bool IsLiving(KeptRow row) =>
        row.Message is not null && row.Sequence > _replica.Conversations[row.ConversationId].Head.DeletedUpTo;
}
