using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Parley.Silo.Demo;

/// <summary>The gateway simulator as a process of its own, built from the source beside this program.</summary>
/// <remarks>
/// A process, and no reference: the simulator belongs to the tests, which may know rooms while no room may know them, and what is
/// published must neither need the tests' source nor carry it. All that the demo knows of it is its HTTP side.
/// </remarks>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>A key for a gateway that lives as long as the demo, on loopback.</summary>
    public const string ApiKey = "demo-gateway-key";

    private const string Project = "tests/GatewaySimulator/GatewaySimulator.csproj";
    private const string ReadyLine = "(simulated) listens on ";

    /// <summary>It may have to be built, on a slow machine.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new DemoException(
            $"The gateway simulator does not start.{Environment.NewLine}{string.Join(Environment.NewLine, _output)}"));
    }

    /// <summary>Where it listens, with a slash at the end.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <exception cref="DemoException">There is no source, or it cannot be built or started.</exception>
    public static async Task<GatewayProcess> Start()
    {
        var project = FindProject()
            ?? throw new DemoException("The demo needs the source and the .NET SDK: dotnet run --project src/Silo -- demo");
        await Console.Out.WriteLineAsync("Starting the gateway simulator; the first time it is built.");
        var gateway = new GatewayProcess(new Process { StartInfo = Command(project), EnableRaisingEvents = true });
        try
        {
            gateway._process.Start();
            gateway._process.BeginOutputReadLine();
            gateway._process.BeginErrorReadLine();
            gateway.Address = await gateway._ready.Task.WaitAsync(StartPatience);
            return gateway;
        }
        catch (Exception e) when (e is TimeoutException or System.ComponentModel.Win32Exception or DemoException)
        {
            await gateway.DisposeAsync();
            throw e as DemoException ?? new DemoException($"The gateway simulator does not start: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // It ends with its input.
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(StopPatience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Command(string project)
    {
        var configuration = typeof(GatewayProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
        return new ProcessStartInfo(
            "dotnet",
            [
                "run", "--project", project, "--configuration", configuration, "--verbosity", "quiet", "--",
                "--urls", "http://127.0.0.1:0", "--apikey", ApiKey, "--endsWithInput", "true",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }

    /// <returns>Null where the program does not lie in its source.</returns>
    private static string? FindProject()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, Project);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        var at = line.IndexOf(ReadyLine, StringComparison.Ordinal);
        if (at >= 0)
        {
            _ready.TrySetResult(new Uri(line[(at + ReadyLine.Length)..].Trim() + "/"));
        }
    }
}
