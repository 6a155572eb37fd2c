using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HdrHistogram;

namespace Parley.Bench.Load;

/// <summary>An endpoint on loopback that takes every webhook at once, and tells how late it came.</summary>
/// <remarks>It reads no more of HTTP than Parley's webhooks need: a full server beside the one that is measured would be the load itself.</remarks>
internal sealed class HookReceiver : IDisposable
{
    private static readonly byte[] Taken = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private HashSet<string> _ids = new(StringComparer.Ordinal);
    private LongHistogram _delays = Delays.New();
    private DateTimeOffset _since;
    private TaskCompletionSource _answers = new();

    public HookReceiver()
    {
        _answers.SetResult();
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Accept();
    }

    public Uri Url { get; }

    /// <summary>New messages that came, each once, however often it was posted.</summary>
    public int Messages
    {
        get
        {
            lock (_lock)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Counts and measures anew, what happens from now on only.</summary>
    public void Begin(LongHistogram delays)
    {
        lock (_lock)
        {
            (_ids, _delays, _since) = (new(StringComparer.Ordinal), delays, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Lets requests wait for their answers until <see cref="Release"/>.</summary>
    public void Hold() => _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _answers.SetResult();

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task Serve(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[64 * 1024];
                for (var filled = 0; await socket.ReceiveAsync(buffer.AsMemory(filled)) is var read and > 0;)
                {
                    filled += read;
                    if (LengthOf(buffer.AsSpan(0, filled)) is { } length && filled >= length)
                    {
                        // No request begins before the one before is answered.
                        Take(buffer.AsSpan(0, filled));
                        filled = 0;
                        await _answers.Task;
                        await socket.SendAsync(Taken);
                    }
                }
            }
            catch (SocketException)
            {
                // The server is gone.
            }
        }
    }

    /// <returns>Of the whole request; null while its head is not there.</returns>
    private static int? LengthOf(ReadOnlySpan<byte> request)
    {
        var head = request.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return null;
        }

        Utf8Parser.TryParse(After(request, "Content-Length: "u8), out int body, out _);
        return head + 4 + body;
    }

    private void Take(ReadOnlySpan<byte> request)
    {
        if (request.IndexOf("\"type\":\"message.created\""u8) < 0)
        {
            return;
        }

        var time = DateTimeOffset.Parse(
            Encoding.ASCII.GetString(After(request, "\"timestamp\":\""u8)[..24]), CultureInfo.InvariantCulture);
        var id = After(request, "webhook-id: "u8);
        lock (_lock)
        {
            if (time >= _since && _ids.Add(Encoding.ASCII.GetString(id[..id.IndexOf((byte)'\r')])))
            {
                Delays.Record(_delays, time);
            }
        }
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark) => text[(text.IndexOf(mark) + mark.Length)..];
}
