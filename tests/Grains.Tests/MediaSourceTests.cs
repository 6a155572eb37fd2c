using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class MediaSourceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Whoever waits for the media holds a request of a tenant, and a connection.</summary>
    [Fact]
    public async Task a_server_that_never_ends_its_answer_is_waited_for_as_long_as_one_that_never_begins()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new FakeTimeProvider();
        using var source = new MediaSource(Store(), new NetworkGuard([IPNetwork.Parse("127.0.0.0/8")]), time);
        var download = source.Download("acme", new Uri($"http://{listener.LocalEndpoint}/photo.jpg"), Stop);
        using var client = await listener.AcceptTcpClientAsync(Stop);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 1000\r\n\r\nx"), Stop);
        await _begun.Task.WaitAsync(Patience, Stop);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotSame(download, await Task.WhenAny(download, Task.Delay(TimeSpan.FromMilliseconds(100), Stop)));
        time.Advance(TimeSpan.FromSeconds(1));

        var thrown = await Assert.ThrowsAsync<MediaSourceException>(() => download.WaitAsync(Patience, Stop));
        Assert.Equal(MediaSourceFault.Unreachable, thrown.Fault);
    }

    private IMediaStore Store()
    {
        var store = Substitute.For<IMediaStore>();
        store.Create("acme", Arg.Any<CancellationToken>()).Returns(new Writer(_begun));
        return store;
    }

    private sealed class Writer(TaskCompletionSource begun) : IMediaWriter
    {
        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public Task<StoredMedia> Complete(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
