using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Parley.Cluster.Tests.Versions;

/// <summary>A silo built from the wire contract of the release before, as a process of its own (<c>tests/PreviousSilo</c>).</summary>
internal sealed class PreviousSilo : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<JsonNode> _calls = new();
    private readonly Channel<JsonNode> _replies = Channel.CreateUnbounded<JsonNode>();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PreviousSilo(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("The previous silo ended."));
    }

    /// <summary>The calls that its grains were given so far.</summary>
    public IReadOnlyCollection<JsonNode> Calls => _calls;

    public static async Task<PreviousSilo> Start(TestCluster cluster)
    {
        var path = typeof(PreviousSilo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "PreviousSiloPath").Value!;
        var silo = new PreviousSilo(new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [path, .. cluster.Arguments("silo")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        });
        silo._process.Start();
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        try
        {
            await silo._ready.Task.WaitAsync(Patience);
            return silo;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            await silo.DisposeAsync();
            throw new InvalidOperationException($"The previous silo did not start:\n{string.Join('\n', silo._log)}", e);
        }
    }

    /// <summary>Lets it call a grain, one call at a time.</summary>
    /// <returns>The reply.</returns>
    public async Task<JsonNode> Call(string call, string tenant, string key, JsonObject? given = null)
    {
        var told = await Ask(call, tenant, key, given);
        return told["reply"] ?? throw new InvalidOperationException($"{call} failed: {told.ToJsonString()}");
    }

    /// <summary>Lets it call a grain in a name that is not served.</summary>
    /// <returns>The name of the exception.</returns>
    public async Task<string?> Refused(string call, string? tenant, string key) => (string?)(await Ask(call, tenant, key, null))["failure"];

    /// <summary>Asks it to stop (SIGTERM) and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonNode> Ask(string call, string? tenant, string key, JsonObject? given)
    {
        var command = new JsonObject { ["call"] = call, ["tenant"] = tenant, ["key"] = key, ["given"] = given };
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(Patience);
        return await _replies.Reader.ReadAsync(patience.Token);
    }

    private void Read(string? line)
    {
        Note(line);
        if (line is null || !line.StartsWith('{'))
        {
            return;
        }

        var told = JsonNode.Parse(line)!;
        if (told["ready"] is not null)
        {
            _ready.TrySetResult();
        }
        else if (told["call"] is not null)
        {
            _calls.Enqueue(told);
        }
        else
        {
            _replies.Writer.TryWrite(told);
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }
}
