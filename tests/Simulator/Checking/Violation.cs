namespace Parley.Simulator.Checking;

/// <summary>A promise that a history breaks.</summary>
/// <param name="Rule">Which one, as one of <see cref="Rules"/>.</param>
/// <param name="Text">What is wrong, for people.</param>
public sealed record Violation(string Rule, string Text)
{
    public override string ToString() => $"{Rule}: {Text}";
}

/// <summary>The rules that a history is held against.</summary>
public static class Rules
{
    public const string Version = "version";
    public const string Sequence = "sequence";
    public const string Renumbered = "renumbered";
    public const string Doubled = "doubled";
    public const string Lost = "lost";
    public const string Phantom = "phantom";
    public const string StatusBack = "status-back";
    public const string Times = "times";
    public const string EventNumber = "event-number";
    public const string EventMissing = "event-missing";
    public const string EventTwice = "event-twice";
    public const string LogPosition = "log-position";
    public const string LogOrder = "log-order";
    public const string AfterSeal = "after-seal";
    public const string Counts = "counts";
    public const string Unread = "unread";
    public const string Totals = "totals";
    public const string Marks = "marks";
    public const string Tombstone = "tombstone";
    public const string Moved = "moved";
    public const string WhoStays = "who-stays";
    public const string Alias = "alias";
    public const string Durability = "durability";
    public const string OneConversation = "one-conversation";
    public const string ChangeLost = "change-lost";
    public const string Content = "content";
    public const string PutAside = "put-aside";
    public const string SentTwice = "sent-twice";
    public const string SentWrongly = "sent-wrongly";
    public const string SendOrder = "send-order";
    public const string Queue = "queue";
    public const string Named = "named";
    public const string WorkLeft = "work-left";
}
