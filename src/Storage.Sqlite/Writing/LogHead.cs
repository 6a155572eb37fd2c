namespace Parley.Storage.Sqlite.Writing;

/// <summary>The end of the log, inside a transaction of the writer.</summary>
internal sealed class LogHead
{
    /// <summary>The last running number.</summary>
    public long Running { get; set; }

    /// <summary>When this transaction's events are logged, Unix milliseconds: never before the last ones, whatever the clock says, so that what
    /// is old is always at the start of the log.</summary>
    public long LoggedMs { get; init; }

    public LogHead Copy() => (LogHead)MemberwiseClone();
}
