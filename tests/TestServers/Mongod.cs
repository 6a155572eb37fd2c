using System.Diagnostics;
using System.Globalization;

namespace Parley.TestServers;

/// <summary>One server of a set, as a process that a test may kill or freeze.</summary>
public sealed class Mongod : IAsyncDisposable
{
    private readonly string _binary;
    private readonly string _directory = Directory.CreateTempSubdirectory("parley-mongod-").FullName;
    private Process? _process;

    private readonly string? _replicaSet;

    /// <param name="binary">Of the server.</param>
    /// <param name="replicaSet">Null = a standalone server.</param>
    internal Mongod(string binary, string? replicaSet) => (_binary, _replicaSet) = (binary, replicaSet);

    /// <summary>A standalone server. Skips the test where there is no binary.</summary>
    public static Mongod StartStandalone()
    {
        var server = new Mongod(MongodSet.Binary(), null);
        server.Start();
        return server;
    }

    public int Port { get; } = FreePorts.Next();

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Starts it, on the data that it had before.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(_binary)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])
            [
                "--dbpath", _directory, "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind_ip", "127.0.0.1",
                "--wiredTigerCacheSizeGB", "0.25", "--setParameter", "diagnosticDataCollectionEnabled=false",
            ])
        {
            start.ArgumentList.Add(argument);
        }

        if (_replicaSet is not null)
        {
            start.ArgumentList.Add("--replSet");
            start.ArgumentList.Add(_replicaSet);
        }

        _process = Process.Start(start)!;

        // A pipe that nobody reads fills up and holds the server.
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task Kill()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Stops it in the middle of whatever it does (SIGSTOP).</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_directory, recursive: true);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
