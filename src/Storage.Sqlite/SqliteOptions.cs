using System.Diagnostics;

namespace Parley.Storage.Sqlite;

/// <summary>Where the store keeps its data, and its bounds.</summary>
public sealed record SqliteOptions
{
    /// <summary>Holds the database file, and the media files below <c>media</c>. Made when it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Jobs that may wait for the writer; beyond it writes are refused at once.</summary>
    public int QueueLimit { get; init; } = 20_000;

    /// <summary>Rows that one transaction may write before the next one begins.</summary>
    public int RowsPerFlush { get; init; } = 3_000;

    /// <summary>Connections for reading.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>When any call ends, with a <see cref="Parley.Ports.StoreException"/> if need be.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a call has left of its time.</summary>
    /// <param name="began">The timestamp of its beginning.</param>
    internal TimeSpan Left(long began)
    {
        var left = Deadline - Stopwatch.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>How long a file that another program has locked is waited for.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The name of the database file.</summary>
    internal const string FileName = "parley.db";

    internal string DatabasePath => Path.Combine(DataDirectory, FileName);

    internal string MediaDirectory => Path.Combine(DataDirectory, "media");
}
