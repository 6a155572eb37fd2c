using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>The real executable as a process of its own, on a free port and with its own data directory.</summary>
public sealed class ParleyProcess : IAsyncDisposable
{
    public const string AdminKey = "admin-key-of-the-tests";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);
    private const string ReadyLine = "Parley is ready on ";

    private readonly Process _process;
    private readonly bool _ownsDirectory;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _number;

    private ParleyProcess(Process process, string dataDirectory, bool ownsDirectory)
    {
        (_process, DataDirectory, _ownsDirectory) = (process, dataDirectory, ownsDirectory);
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("The process ended."));
    }

    public string DataDirectory { get; }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>What it wrote so far.</summary>
    public string Output => string.Join('\n', _lines);

    public int Id => _process.Id;

    /// <summary>The most memory it ever had (resident), bytes. Linux only.</summary>
    public long PeakMemory => Memory("VmHWM:");

    /// <summary>The memory that it has (resident), bytes. Linux only.</summary>
    public long ResidentMemory => Memory("VmRSS:");

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="dataDirectory">Null = one of its own, removed at the end.</param>
    public static async Task<ParleyProcess> Start(string? dataDirectory = null, params string[] arguments)
    {
        var parley = Begin(dataDirectory, arguments);
        try
        {
            await parley.Ready();
            return parley;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            var output = parley.Output;
            await parley.DisposeAsync();
            throw new InvalidOperationException($"Parley did not start:\n{output}", e);
        }
    }

    /// <summary>Starts it and does not wait.</summary>
    public static ParleyProcess Launch(params string[] arguments) => Begin(null, arguments);

    /// <summary>Waits until it is ready.</summary>
    /// <param name="patience">Null = a minute.</param>
    public async Task Ready(TimeSpan? patience = null) => Address = await _ready.Task.WaitAsync(patience ?? StartPatience);

    /// <summary>Starts it and waits until it has ended by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEnd(string? dataDirectory = null, params string[] arguments)
    {
        await using var parley = Begin(dataDirectory, arguments);
        using var patience = new CancellationTokenSource(StartPatience);
        await parley._process.WaitForExitAsync(patience.Token);
        return (parley._process.ExitCode, parley.Output);
    }

    public ParleyClient Admin() => new(Address, AdminKey);

    public ParleyClient With(string? key) => new(Address, key);

    /// <summary>A new tenant with a client of its own.</summary>
    public async Task<TestTenant> NewTenant()
    {
        using var admin = Admin();
        var id = $"t{Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid().ToString("N")[..8]}";
        var made = await admin.Post("/admin/tenants", new JsonObject { ["tenantId"] = id, ["name"] = id });
        made.Expect(201);
        return new TestTenant(
            id, made.Text("apiKey"), made.Text("webhookToken"), new ParleyClient(Address, made.Text("apiKey")));
    }

    /// <summary>Asks it to stop (SIGTERM) and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop()
    {
        Signal("TERM");
        return await Ended();
    }

    /// <summary>Asks it to stop and does not wait.</summary>
    public void BeginStop() => Signal("TERM");

    /// <summary>Stops it in the middle of whatever it does (SIGSTOP): to others it is there and says nothing.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Thaw() => Signal("CONT");

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Ended()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _process.Dispose();
        if (_ownsDirectory && Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private long Memory(string line) => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(found => found.StartsWith(line, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);

    private static ParleyProcess Begin(string? dataDirectory, string[] arguments)
    {
        var directory = dataDirectory ?? Directory.CreateTempSubdirectory("parley-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory,
        };

        // What a word tells it to do has its own idea of where the data lies.
        var word = arguments is [var first, ..] && !first.StartsWith('-') ? 1 : 0;
        string[] data = word == 1 && dataDirectory is null ? [] : ["--Parley:DataDirectory", directory];
        foreach (var argument in (string[])[Repository.SiloPath, .. arguments[..word], .. Urls(arguments), .. data, .. arguments[word..]])
        {
            start.ArgumentList.Add(argument);
        }

        if (!arguments.Contains("--Parley:AdminKey", StringComparer.Ordinal))
        {
            start.Environment["Parley__AdminKey"] = AdminKey;
        }

        var parley = new ParleyProcess(new Process { StartInfo = start }, directory, dataDirectory is null);
        parley._process.Start();
        parley._process.BeginOutputReadLine();
        parley._process.BeginErrorReadLine();
        return parley;
    }

    /// <summary>Any free port, unless the arguments name one.</summary>
    private static string[] Urls(string[] arguments) =>
        arguments.Contains("--urls", StringComparer.Ordinal) ? [] : ["--urls", "http://127.0.0.1:0"];

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
        {
            _ready.TrySetResult(new Uri(line[ReadyLine.Length..].Trim()));
        }
    }
}
