using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Parley.Samples.Tests;

/// <summary>A sample as a process of its own.</summary>
internal sealed class Sample : IAsyncDisposable
{
    /// <summary>The SDK may have to restore and build it first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private Sample(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Add(_lines, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
    }

    /// <summary>What it printed.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Languages with the sample that does a thing in each.</summary>
    public static TheoryData<string> Languages => ["csharp", "javascript", "python"];

    /// <summary>Starts the sample of a language, or skips the test where the language cannot be run.</summary>
    /// <param name="name">As it is named in C# and JavaScript.</param>
    public static Sample Start(string language, string name, params (string Name, string Value)[] environment)
    {
        var (program, before, file) = language switch
        {
            "csharp" => ("dotnet", (string[])["run"], $"{name}.cs"),
            "javascript" => ("node", [], $"{name}.mjs"),
            _ => (Python(name), ["-u"], $"{name.Replace('-', '_')}.py"),
        };
        var path = Path.Combine(Repository.Path, "samples", language, file);
        var start = new ProcessStartInfo(program, [.. before, path]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        var sample = new Sample(new Process { StartInfo = start });
        try
        {
            sample._process.Start();
        }
        catch (Win32Exception)
        {
            sample._process.Dispose();
            Assert.Skip($"There is no {program} here to run the sample in {language}.");
        }

        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        return sample;
    }

    /// <summary>Waits until it has said something on its error stream.</summary>
    public Task Says(string text) => Poll.Until(
        () => _process.HasExited
            ? throw new InvalidOperationException($"The sample ended:\n{string.Join('\n', _errors)}")
            : Task.FromResult(_errors.Any(line => line.Contains(text, StringComparison.Ordinal))),
        $"the sample says '{text}'",
        Patience);

    /// <summary>Waits until it has ended by itself, well.</summary>
    /// <returns>What it printed.</returns>
    public async Task<IReadOnlyList<string>> Ends()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The sample did not end. It printed:\n{string.Join('\n', _lines)}\n{string.Join('\n', _errors)}");
        }

        // Without a time limit it waits for the last lines, too.
        _process.WaitForExit();
        var errors = string.Join('\n', _errors);
        Assert.SkipWhen(errors.Contains("ModuleNotFoundError", StringComparison.Ordinal), $"A library of the sample is not installed: {errors}");
        Assert.True(_process.ExitCode == 0, $"The sample ended with {_process.ExitCode}:\n{errors}");
        return Lines;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The interpreter that has the library of the sample; the system's own packages are for the system's own one.</summary>
    private static string Python(string name)
    {
        const string ofSystem = "/usr/bin/python3";
        if (name != "consume-kafka" || !File.Exists(ofSystem))
        {
            return "python3";
        }

        using var probe = Process.Start(new ProcessStartInfo(ofSystem, ["-c", "import confluent_kafka"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? ofSystem : "python3";
    }

    private static void Add(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
