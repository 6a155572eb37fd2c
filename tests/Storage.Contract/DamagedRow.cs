namespace Parley.Storage.Contract;

/// <summary>What tests damage a row of.</summary>
public enum DamagedRow
{
    ParkedChange,
    ToDo,
    Session,
    Send,
    Echo,
    Conversation,
}
