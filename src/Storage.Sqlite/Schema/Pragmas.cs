namespace Parley.Storage.Sqlite.Schema;

/// <summary>How connections are set up; the reasons are in the README of this project.</summary>
internal static class Pragmas
{
    public const string Writer =
        """
        PRAGMA page_size = 4096;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA cache_size = -65536;
        PRAGMA temp_store = MEMORY;
        PRAGMA foreign_keys = OFF;
        """;

    public const string Reader =
        """
        PRAGMA query_only = ON;
        PRAGMA cache_size = -16384;
        PRAGMA temp_store = MEMORY;
        """;
}
