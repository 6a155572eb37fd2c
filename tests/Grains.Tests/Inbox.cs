using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Parley.TestServers;

namespace Parley.Grains.Tests;

/// <summary>A subscriber on this machine.</summary>
internal sealed class Inbox : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _ids = new();

    public Inbox()
    {
        // Not one that the system gives to anybody: others look at theirs by HTTP, too.
        Url = $"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Serve();
    }

    public string Url { get; }

    public int Status { get; set; } = 204;

    /// <summary>The ids of the events that it took, in its order.</summary>
    public IReadOnlyList<string> Ids => [.. _ids];

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                if (Status == 204)
                {
                    _ids.Enqueue(context.Request.Headers["webhook-id"]!);
                }

                context.Response.StatusCode = Status;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
