using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Confluent.Kafka;

namespace Parley.TestServers;

/// <summary>A broker of its own, for a test that takes it away. The folder of its jars is named by <c>PARLEY_TEST_KAFKA_LIBS</c>.</summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    /// <summary>The folder <c>libs</c> of a Kafka; <c>java</c> must be on the path.</summary>
    public const string Variable = "PARLEY_TEST_KAFKA_LIBS";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _libs;
    private readonly string _directory = Directory.CreateTempSubdirectory("parley-kafka-").FullName;
    private readonly int _port = FreePorts.Next();
    private Process? _process;

    private KafkaBroker(string libs) => _libs = libs;

    public string Servers => $"127.0.0.1:{_port}";

    /// <summary>Starts one, or skips the test where there is none.</summary>
    public static async Task<KafkaBroker> Start()
    {
        var libs = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(libs), $"No Kafka to take away: {Variable} names no folder of jars.");
        var broker = new KafkaBroker(libs!);
        await broker.Format();
        await broker.StartAgain();
        return broker;
    }

    /// <summary>Starts it on the data that it had before, and waits until it answers.</summary>
    public async Task StartAgain()
    {
        _process = Run("-Xms256m", "-Xmx512m", "kafka.Kafka", Settings);
        var deadline = DateTime.UtcNow + Patience;
        while (!IsUp())
        {
            Assert.True(DateTime.UtcNow < deadline && !_process.HasExited, "The broker does not start.");
            await Task.Delay(100);
        }
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

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_directory, recursive: true);
    }

    private string Settings => Path.Combine(_directory, "server.properties");

    private async Task Format()
    {
        var controller = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Settings, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://{Servers},CONTROLLER://127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=PLAINTEXT
            log.dirs={Path.Combine(_directory, "data")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            group.initial.rebalance.delay.ms=0
            log.segment.bytes=16777216
            """);
        using var format = Run("kafka.tools.StorageTool", "format", "-t", NewClusterId(), "-c", Settings);
        await format.WaitForExitAsync();
        Assert.Equal(0, format.ExitCode);
    }

    private static string NewClusterId()
    {
        while (true)
        {
            var id = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('/', '_').Replace('+', '-');

            // The tool would take it for an option.
            if (id[0] != '-')
            {
                return id;
            }
        }
    }

    private bool IsUp()
    {
        try
        {
            using (var probe = new TcpClient())
            {
                probe.Connect("127.0.0.1", _port);
            }

            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Servers })
                .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0;
        }
        catch (Exception e) when (e is SocketException or KafkaException)
        {
            return false;
        }
    }

    private Process Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _directory,
        };
        foreach (var argument in (string[])["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", Path.Combine(_libs, "*"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;

        // A pipe that nobody reads fills up and holds the broker.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
