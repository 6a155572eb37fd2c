namespace Parley.Storage.MongoDB;

/// <summary>Where the store keeps its data, and its bounds.</summary>
public sealed record MongoOptions
{
    /// <summary>A MongoDB connection string; its database is used, <c>parley</c> where it names none.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Flushes that run at once; each conversation belongs to one of them.</summary>
    public int Flushers { get; init; } = 2;

    /// <summary>Commits that may wait for a flush; beyond it they are refused at once.</summary>
    public int QueueLimit { get; init; } = 20_000;

    /// <summary>Rows that one flush may write before the next one begins.</summary>
    public int RowsPerFlush { get; init; } = 3_000;

    /// <summary>When any call ends, with a <see cref="Parley.Ports.StoreException"/> if need be.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The name of the database when the connection string names none.</summary>
    internal const string DefaultDatabase = "parley";
}
