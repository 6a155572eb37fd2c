using System.Collections;
using System.Globalization;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Simulator.Stores;

/// <summary>An argument or a result of a store call in a line of the trace; put into words only when the line is kept.</summary>
internal readonly struct Shown(object? value)
{
    public override string ToString() => Show(value);

    private static string Show(object? value) => value switch
    {
        null => "nothing",
        string text => text,
        Address address => address.Value,
        AddressPair pair => pair.ToString(),
        LidPair pair => $"{pair.Lid}={pair.Phone}",
        ConversationHead head => $"v{head.Version} last {head.LastSequence} read {head.ReadUpTo} deleted {head.DeletedUpTo}"
            + $"{(head.MergedInto is { } into ? $" into {into}" : "")}{(head.TakingOver.IsEmpty ? "" : $" taking over {Show(head.TakingOver)}")}",
        TakeOver over => $"{over.From} {over.Done}/{over.Last} deleted {over.DeletedUpTo}",
        ConversationCommit commit => $"{commit.Head.ConversationId} {Show(commit.Head)}{Part("added", commit.Added)}{Part("changed", commit.Changed)}"
            + $"{Part("moved", commit.Moved)}{Part("erased", commit.Erased)}{Part("released", commit.Released)}{Part("queued", commit.Queued)}{Part("dequeued", commit.Dequeued)}{Part("aliases", commit.Aliases)}{Part("unparked", commit.Unparked)}"
            + $"{Part("leaves", commit.Leaves)}{Part("events", commit.Events.Select(e => e.Type))}",
        Message message => $"#{message.Sequence} {message.Direction} {message.ExternalId} {message.Status} {message.Origin} {message.SessionId} {message.From}>{message.To}"
            + (message.DeletedAt is null ? "" : " deleted"),
        KeptMessage kept => $"{kept.ConversationId} {(kept.Message is null ? $"#{kept.Sequence} tombstone of {kept.ExternalId}" : Show(kept.Message))}",
        MovedMessage moved => $"{moved.From} #{moved.FromSequence} -> #{moved.Sequence} {(moved.Message is null ? "as tombstone" : "")}",
        MessageLookup lookup => $"messages [{Show(lookup.Messages)}] parked [{Show(lookup.Parked)}]",
        ParkedChange parked => $"{parked.Id}: {parked.SessionId} {Show(parked.Change)}",
        StatusChange status => $"{status.Status} of {status.TargetId} line {status.Line}",
        MessageChange change => $"{change.GetType().Name} of {change.TargetId} line {change.Line}",
        QueuedSend send => $"{send.ConversationId} #{send.Sequence} {send.State} {send.SessionId}",
        ParkedEcho echo => $"{echo.Message.ExternalId} line {echo.Line}",
        WorkItem item => item.Key,
        DueWork work => work.Item.Key,
        SessionCommit commit => Show(commit.Session),
        Session session => $"{session.SessionId} v{session.Version} {session.Status} {session.PhoneNumber}",
        CommitResult result => $"{result.Outcome} {result.Pair} {result.ExternalId} {(result.Seen is { } seen ? Show(seen) : "")}",
        IDictionary map => string.Join(", ", map.Keys.Cast<object>().Select(k => $"{Show(k)}: {Show(map[k])}")),
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Show)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Part<T>(string name, IEnumerable<T> items)
    {
        var list = items.ToList();
        return list.Count == 0 ? "" : $"; {name}: {Show(list)}";
    }
}
