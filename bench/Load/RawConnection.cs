using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Parley.Bench.Load;

/// <summary>One keep-alive HTTP/1.1 connection that sends prepared bytes and waits for the answer.</summary>
/// <remarks>On two cores the load shares the processor with the server: a full HTTP client costs more than the server does.</remarks>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];

    public static async Task<RawConnection> Open(IPEndPoint server)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server);
        return connection;
    }

    /// <returns>The status code; the body is read and dropped.</returns>
    public async ValueTask<int> Send(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request, SocketFlags.None);
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            filled += read;
            if (IsWhole(_buffer.AsSpan(0, filled), out var status))
            {
                return status;
            }

            if (filled == _buffer.Length)
            {
                throw new IOException("An answer larger than expected.");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        Utf8Parser.TryParse(answer[9..12], out status, out _);
        var head = answer[..(end + 2)];
        var body = answer[(end + 4)..];
        var length = head.IndexOf("Content-Length: "u8);
        if (length >= 0)
        {
            Utf8Parser.TryParse(head[(length + 16)..], out int bytes, out _);
            return body.Length >= bytes;
        }

        return head.IndexOf("Transfer-Encoding: chunked"u8) < 0 || body.EndsWith("0\r\n\r\n"u8);
    }
}
