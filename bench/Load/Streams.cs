using System.Globalization;
using System.Net.Sockets;
using System.Text;
using HdrHistogram;

namespace Parley.Bench.Load;

/// <summary>
/// What event streams cost and how soon they tell: webhooks a second with no reader, with many who wait for a tenant on which nothing
/// happens, and with some who read everything, in turns; the delay from an event's time to its arrival; and what a reader who waits costs.
/// </summary>
/// <remarks>An event's time is taken before its commit, to the millisecond, so the delay includes the commit.</remarks>
internal static class Streams
{
    private const int Waiting = 2_000;
    private const int Reading = 8;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        var (none, waiting, reading) = (new List<double>(), new List<double>(), new List<double>());
        var delays = Delays.New();
        await using (var server = await ServerProcess.Start(data))
        {
            var (path, key) = await server.CreateTenant("bench");
            var (_, quiet) = await server.CreateTenant("quiet");
            var source = new WebhookSource(server.Host, path, options.Conversations, options.Connections);
            async Task<double> Post(int round, string name)
            {
                var before = server.ProcessorTime;
                var result = await Closed.Run(server.EndPoint, options.Connections, options.Time, source.Next);
                var each = (server.ProcessorTime - before).TotalMicroseconds / result.Micros.TotalCount;
                Console.WriteLine($"round {round}  {name,-12} {result}   {each:N0} us of the server each");
                return result.PerSecond;
            }

            // Round 0 is not counted: it makes the conversations and warms up what the others measure.
            for (var round = 0; round <= options.Rounds; round++)
            {
                var alone = await Post(round, "no reader");
                await using (await Open(server, quiet, Waiting, null))
                {
                    await Task.Delay(Settling);
                    var (before, memory) = (server.ProcessorTime, server.ResidentMemory);
                    await Task.Delay(options.Time);
                    Console.WriteLine(
                        $"         {Waiting:N0} waiting readers: {(server.ProcessorTime - before) / options.Time:P1} of a core, server {memory:N0} MB");
                    Keep(round, waiting, await Post(round, "waiting") / alone);
                }

                Keep(round, none, alone);
                alone = await Post(round, "no reader");
                Keep(round, none, alone);
                await using (await Open(server, key, Reading, round > 0 ? delays : null))
                {
                    Keep(round, reading, await Post(round, "reading") / alone);
                    await Task.Delay(Settling);
                }
            }
        }

        Directory.Delete(data, recursive: true);
        Console.WriteLine(
            $"medians: no reader {Median.Of(none):N0}/s; against what was measured just before, {Waiting:N0} waiting: ratio {Median.Of(waiting):N2}, "
            + $"{Reading} reading everything: ratio {Median.Of(reading):N2}");
        Console.WriteLine($"commit to SSE under full load: {Delays.Describe(delays)}");
    }

    private static void Keep(int round, List<double> figures, double figure)
    {
        if (round > 0)
        {
            figures.Add(figure);
        }
    }

    private static async Task<Readers> Open(ServerProcess server, string key, int count, LongHistogram? delays)
    {
        var readers = new Readers();
        for (var n = 0; n < count; n++)
        {
            // One measures; looking at every event of all of them would be the load itself.
            await readers.Add(server, key, n == 0 ? delays : null);
        }

        return readers;
    }

    private sealed class Readers : IAsyncDisposable
    {
        private readonly List<Socket> _sockets = [];
        private readonly List<Task> _tasks = [];

        public async Task Add(ServerProcess server, string key, LongHistogram? delays)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            await socket.ConnectAsync(server.EndPoint);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /events HTTP/1.1\r\nHost: {server.Host}\r\nAuthorization: Bearer {key}\r\nAccept: text/event-stream\r\n\r\n"));
            _tasks.Add(Task.Run(() => delays is null ? Drain(socket) : Measure(socket, delays)));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var socket in _sockets)
            {
                socket.Dispose();
            }

            await Task.WhenAll(_tasks);
        }

        private static async Task Drain(Socket socket)
        {
            // As much as a client would take at once.
            var buffer = new byte[64 * 1024];
            try
            {
                while (await socket.ReceiveAsync(buffer) > 0)
                {
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The round is over.
            }
        }

        private static async Task Measure(Socket socket, LongHistogram delays)
        {
            const string Mark = "\"time\":\"";
            try
            {
                using var text = new StreamReader(new NetworkStream(socket));
                while (await text.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("data: {", StringComparison.Ordinal) && line.IndexOf(Mark, StringComparison.Ordinal) is var at and > 0)
                    {
                        Delays.Record(delays, DateTimeOffset.Parse(line.AsSpan(at + Mark.Length, 24), CultureInfo.InvariantCulture));
                    }
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // The round is over.
            }
        }
    }
}
