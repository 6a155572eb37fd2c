namespace Parley.Ports.Rows;

/// <summary>What rows are of, as the log and the figures name it.</summary>
internal static class RowOf
{
    public const string ParkedChange = "parked_change";
    public const string ToDo = "to_do";
    public const string Session = "session";
    public const string Send = "send";
    public const string Echo = "echo";
    public const string Conversation = "conversation";
}
