using SQLitePCL;

namespace Parley.Storage.Sqlite.Engine;

/// <summary>SQLite said no. Never leaves this project: the stores turn it into a store exception.</summary>
internal sealed class SqliteException(int extendedCode, string message) : Exception($"{message} ({extendedCode})")
{
    /// <summary>The extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    /// <summary>The primary result code.</summary>
    public int Code => ExtendedCode & 0xff;

    public bool IsConstraint => Code == raw.SQLITE_CONSTRAINT;

    /// <summary>Whether it is about one statement and says nothing of the file or the transaction.</summary>
    public bool IsOfStatement => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_ERROR or raw.SQLITE_TOOBIG
        or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_MISUSE;

    /// <summary>Whether a COMMIT that failed like this surely left nothing behind.</summary>
    /// <remarks>The frame that makes a commit valid is written last, so a write that failed never completed it. A failed
    /// fsync comes after that frame: nobody can tell what a restart would find.</remarks>
    public bool MeansNotCommitted => Code is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY
        or raw.SQLITE_CONSTRAINT or raw.SQLITE_INTERRUPT or raw.SQLITE_CANTOPEN
        || ExtendedCode == raw.SQLITE_IOERR_WRITE;

    /// <summary>A word for the metric of failures.</summary>
    public string Kind => Code switch
    {
        raw.SQLITE_FULL => "full",
        raw.SQLITE_IOERR => "io",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "locked",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "corrupt",
        raw.SQLITE_CONSTRAINT => "constraint",
        _ => "other",
    };
}
