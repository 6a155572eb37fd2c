using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.TestServers;

/// <summary>What a proxy does with a command.</summary>
public enum ProxyAction
{
    /// <summary>Passes it on, and its answer back.</summary>
    Forward,

    /// <summary>Cuts the connection; the server never hears of it.</summary>
    LoseCommand,

    /// <summary>Passes it on, waits until the server has answered, and cuts the connection.</summary>
    LoseAnswer,
}

/// <summary>Stands between a store and its MongoDB, and makes the network fail where a test wants it to.</summary>
/// <remarks>It reads the wire protocol as far as to know a message's command (OP_MSG: the first field of its body section).</remarks>
public sealed class MongoProxy : IAsyncDisposable
{
    private const int HeaderLength = 16;
    private const int Message = 2013;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Link, byte> _links = [];
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;

    private MongoProxy(MongoUrl server)
    {
        (_host, _port) = (server.Server.Host, server.Server.Port);
        _listener.Start();
        Url = new MongoUrlBuilder(server.ToString())
        {
            Server = new MongoServerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port),
            ReplicaSetName = null,
            DirectConnection = true,
        }.ToString();
        _accepting = Accept();
    }

    /// <summary>The connection string of the server behind it, by way of it.</summary>
    public string Url { get; }

    /// <summary>Told each command before it is passed on, says what becomes of it, and may let it wait.</summary>
    public Func<string, Task<ProxyAction>>? OnCommand { get; set; }

    /// <summary>Told each command as it came, without the documents that are sent beside it.</summary>
    public Action<BsonDocument>? OnBody { get; set; }

    /// <summary>Whether connections are refused and cut, as by a server that is down.</summary>
    public bool IsDown { get; private set; }

    /// <param name="url">The server's connection string.</param>
    public static MongoProxy Before(string url) => new(new MongoUrl(url));

    /// <summary>Does something to the next so many commands of a name.</summary>
    public void OnNext(string command, ProxyAction action, int times = 1)
    {
        var left = times;
        OnCommand = name => Task.FromResult(
            name == command && Interlocked.Decrement(ref left) >= 0 ? action : ProxyAction.Forward);
    }

    /// <summary>Lets everything through again.</summary>
    public void Heal()
    {
        OnCommand = null;
        IsDown = false;
    }

    /// <summary>Cuts all connections, and refuses new ones.</summary>
    public void GoDown()
    {
        IsDown = true;
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }

        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
            {
                // It listens no more.
                return;
            }

            _ = Serve(client);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var server = new TcpClient();
        using var link = new Link(client, server);
        _links.TryAdd(link, 0);
        try
        {
            if (IsDown)
            {
                return;
            }

            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(_host, _port, _stop.Token);
            await Task.WhenAny(Ask(link), Answer(link));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the other.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task Ask(Link link)
    {
        var (client, server) = (link.Client.GetStream(), link.Server.GetStream());
        while (await Read(client) is { } message)
        {
            var body = BodyOf(message);
            if (body is { } at)
            {
                OnBody?.Invoke(new RawBsonDocument(message[at..(at + Int32At(message, at))]));
            }

            var action = OnCommand is { } ask && body is { } from ? await ask(NameOf(message, from)) : ProxyAction.Forward;
            if (action == ProxyAction.LoseCommand)
            {
                return;
            }

            if (action == ProxyAction.LoseAnswer)
            {
                link.LostRequest = RequestId(message);
            }

            await server.WriteAsync(message, _stop.Token);
        }
    }

    private async Task Answer(Link link)
    {
        var (client, server) = (link.Client.GetStream(), link.Server.GetStream());
        while (await Read(server) is { } message)
        {
            if (link.LostRequest is { } lost && AnswerTo(message) == lost)
            {
                return;
            }

            await client.WriteAsync(message, _stop.Token);
        }
    }

    private async Task<byte[]?> Read(NetworkStream stream)
    {
        var length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, _stop.Token) < length.Length)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        length.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(length.Length), _stop.Token);
        return message;
    }

    private static int RequestId(byte[] message) => Int32At(message, 4);

    private static int AnswerTo(byte[] message) => Int32At(message, 8);

    /// <returns>Where a command begins; null = it is of an older form.</returns>
    private static int? BodyOf(byte[] message)
    {
        if (Int32At(message, 12) != Message)
        {
            return null;
        }

        // After the flags: sections. The body (kind 0) is one document; others have a length to skip them by.
        var at = HeaderLength + sizeof(int);
        while (message[at] != 0)
        {
            at += 1 + Int32At(message, at + 1);
        }

        return at + 1;
    }

    private static string NameOf(byte[] message, int body)
    {
        // The document's length, the type of its first field, its name.
        var name = message.AsSpan(body + sizeof(int) + 1);
        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }

    private static int Int32At(byte[] message, int at) => BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(at));

    private sealed class Link(TcpClient client, TcpClient server) : IDisposable
    {
        private int? _lostRequest;

        public TcpClient Client => client;

        public TcpClient Server => server;

        public int? LostRequest
        {
            get => _lostRequest;
            set => _lostRequest = value;
        }

        public void Cut()
        {
            client.Close();
            server.Close();
        }

        public void Dispose() => Cut();
    }
}
