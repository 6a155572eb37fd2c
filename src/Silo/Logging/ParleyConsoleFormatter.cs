using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Parley.Api.Http;

namespace Parley.Silo.Logging;

/// <summary>One line: time, level, category, event, request id, message. An exception follows, indented.</summary>
/// <remarks>Of the scopes only the request's id is written: the web server's own scope holds the path, and a path may hold a
/// webhook token or a person's number. Orleans' own messages, and any exception, may name a grain: those are written without the numbers.</remarks>
internal sealed class ParleyConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "parley";

    /// <summary>What the categories of the framework for grains begin with.</summary>
    private const string Orleans = "Orleans";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.LogLevel == LogLevel.None)
        {
            return;
        }

        textWriter.Write(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(logEntry.Category);
        if (logEntry.EventId.Id != 0)
        {
            textWriter.Write($"[{logEntry.EventId.Id}]");
        }

        scopeProvider?.ForEachScope(
            static (scope, writer) =>
            {
                if (scope is RequestScope request)
                {
                    writer.Write($" ({request.RequestId})");
                }
            },
            textWriter);
        textWriter.Write(' ');
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(LogText.OneLine(logEntry.Category.StartsWith(Orleans, StringComparison.Ordinal) ? LogText.WithoutNumbers(text) : text));
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine();
            textWriter.Write(LogText.Indented(LogText.WithoutNumbers(exception.ToString())));
        }

        textWriter.WriteLine();
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => " TRACE ",
        LogLevel.Debug => " DEBUG ",
        LogLevel.Information => " INFO  ",
        LogLevel.Warning => " WARN  ",
        LogLevel.Error => " ERROR ",
        _ => " FATAL ",
    };
}
