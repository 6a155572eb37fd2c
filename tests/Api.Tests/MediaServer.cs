using System.Net;
using Parley.TestServers;

namespace Parley.Api.Tests;

/// <summary>A web server with media, at the one private address that tenants' URLs may lead to.</summary>
internal sealed class MediaServer : IDisposable
{
    public const string Host = "127.0.0.2";

    private readonly HttpListener _listener = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MediaServer(string host) => Url = $"http://{host}:{FreePorts.Next()}";

    public string Url { get; }

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    /// <param name="host">An address of this machine; that of the class is allowed, others are not.</param>
    /// <param name="open">False = nothing is answered before <see cref="Open"/>.</param>
    public static MediaServer Start(byte[] bytes, string? contentType, string host = Host, bool open = true) => Start(
        response =>
        {
            response.ContentType = contentType;
            response.ContentLength64 = bytes.Length;
            response.OutputStream.Write(bytes);
        },
        host,
        open);

    public static MediaServer Start(Action<HttpListenerResponse> answer, string host = Host, bool open = true)
    {
        var server = new MediaServer(host);
        if (open)
        {
            server.Open();
        }

        server._listener.Prefixes.Add($"{server.Url}/");
        server._listener.Start();
        _ = server.Serve(answer);
        return server;
    }

    public void Open() => _open.TrySetResult();

    public void Dispose()
    {
        Open();
        _listener.Close();
    }

    private async Task Serve(Action<HttpListenerResponse> answer)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Asked++;
                _ = Answer(context.Response, answer);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(HttpListenerResponse response, Action<HttpListenerResponse> answer)
    {
        await _open.Task;
        try
        {
            answer(response);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Whoever asked has gone.
        }
    }
}
