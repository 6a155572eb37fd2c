using Microsoft.Extensions.Logging;

namespace Parley.Storage.Sqlite;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is open: {Path}, schema version {Version}.")]
    public static partial void Opened(ILogger logger, string path, long version);

    [LoggerMessage(2, LogLevel.Error, "A transaction with {Jobs} jobs was rolled back; nothing of it happened.")]
    public static partial void FlushFailed(ILogger logger, Exception exception, int jobs);

    [LoggerMessage(3, LogLevel.Critical, "A transaction with {Jobs} jobs ended with an unknown outcome; the file is opened anew.")]
    public static partial void OutcomeUnknown(ILogger logger, Exception exception, int jobs);

    [LoggerMessage(4, LogLevel.Warning, "A job was refused alone; the others of its transaction went on.")]
    public static partial void JobRefused(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "The file could not be opened for writing.")]
    public static partial void ReopenFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "A read failed.")]
    public static partial void ReadFailed(ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "A row cannot be read and is passed over: {What} {Row} ({Reason}).")]
    public static partial void RowPassedOver(ILogger logger, string what, string row, string reason);

    [LoggerMessage(8, LogLevel.Warning, "A media file could not be swept; the next sweep looks at it again.")]
    public static partial void MediaNotSwept(ILogger logger, Exception exception);
}
