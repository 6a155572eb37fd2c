using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Silo.Logging;

namespace Parley.Architecture.Tests;

/// <summary>What others send makes no line of the log, and nobody's number is in one.</summary>
public sealed class LogLineTests
{
    [Fact]
    public void A_text_with_line_breaks_is_one_line()
    {
        var line = Written("Parley.Ingest", "An edit of instance x\n2026-11-30T00:00:00.000Z ERROR Parley: forged\r\e[2J\u0085\u2028\tend");

        Assert.EndsWith(
            "Parley.Ingest An edit of instance x\\u000a2026-11-30T00:00:00.000Z ERROR Parley: forged\\u000d\\u001b[2J\\u0085\\u2028\\u0009end\n",
            line,
            StringComparison.Ordinal);
        Assert.Equal(1, line.Count(static c => c == '\n'));
    }

    [Fact]
    public void The_lines_of_an_exception_are_indented()
    {
        Exception fault;
        try
        {
            throw new InvalidOperationException("refused\n2026-11-30T00:00:00.000Z ERROR Parley: forged\e[2J");
        }
        catch (InvalidOperationException e)
        {
            fault = e;
        }

        var lines = Written("Parley.Ingest", "failed", fault).TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 3, "There is a stack.");
        Assert.All(lines.Skip(1), static line => Assert.StartsWith("   ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.Contains('\e', StringComparison.Ordinal));
    }

    [Fact]
    public void The_names_of_grains_tell_no_numbers()
    {
        const string Silo = "S127.0.0.1:11111:530000000 S[::1]:11111:530000000";
        const string Grain = "conversation/acme/4915550100231:5511987650001 took 00:00:00.2100000, conversation/acme/4915550100231:100000000000011@lid";
        const string Masked = "conversation/acme/***:*** took 00:00:00.2100000, conversation/acme/***:***@lid";

        Assert.EndsWith($"{Silo} {Masked}\n", Written("Orleans.Runtime.Scheduler", $"{Silo} {Grain}"), StringComparison.Ordinal);
        Assert.Contains(Masked, Written("Parley.Ingest", "failed", new TimeoutException($"No answer from {Grain}")), StringComparison.Ordinal);
        Assert.Contains("took 12345678 ms", Written("Parley.Ingest", "took 12345678 ms"), StringComparison.Ordinal);
    }

    private static string Written(string category, string text, Exception? exception = null)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new ParleyConsoleFormatter(TimeProvider.System).Write(
            new LogEntry<string>(LogLevel.Warning, category, default, text, exception, static (state, _) => state), null, writer);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
