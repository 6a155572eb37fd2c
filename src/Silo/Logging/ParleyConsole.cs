using Microsoft.Extensions.Logging.Console;

namespace Parley.Silo.Logging;

/// <summary>Adds the console with Parley's own line.</summary>
internal static class ParleyConsole
{
    public static ILoggingBuilder AddParleyConsole(this ILoggingBuilder logging) => logging
        .AddConsole(options => options.FormatterName = ParleyConsoleFormatter.FormatterName)
        .AddConsoleFormatter<ParleyConsoleFormatter, ConsoleFormatterOptions>();
}
