using Microsoft.Extensions.Logging;

namespace Parley.Storage.MongoDB;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is open: database {Database} of replica set {ReplicaSet}, schema version {Version}.")]
    public static partial void Opened(ILogger logger, string database, string replicaSet, int version);

    [LoggerMessage(2, LogLevel.Error, "A flush with {Commits} commits failed; nothing of it happened.")]
    public static partial void FlushFailed(ILogger logger, Exception exception, int commits);

    [LoggerMessage(3, LogLevel.Critical, "A flush with {Commits} commits ended with an unknown outcome.")]
    public static partial void OutcomeUnknown(ILogger logger, Exception exception, int commits);

    [LoggerMessage(4, LogLevel.Warning, "A commit was refused alone ({Outcome}); the others of its flush went on.")]
    public static partial void CommitRefused(ILogger logger, string outcome);

    [LoggerMessage(5, LogLevel.Warning, "Waiting for MongoDB at {Servers}: {Reason}")]
    public static partial void Waiting(ILogger logger, string servers, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The transaction of a process that is gone or frozen held up commits for {Seconds:F1} s and was ended.")]
    public static partial void TransactionEnded(ILogger logger, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "Transactions that hold up commits could not be looked for: {Reason}")]
    public static partial void TransactionsNotFound(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Error, "A read failed.")]
    public static partial void ReadFailed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "A write failed.")]
    public static partial void WriteFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "A row cannot be read and is passed over: {What} {Row} ({Reason}).")]
    public static partial void RowPassedOver(ILogger logger, string what, string row, string reason);

    [LoggerMessage(11, LogLevel.Warning, "A media file could not be swept; the next sweep looks at it again.")]
    public static partial void MediaNotSwept(ILogger logger, Exception exception);
}
