using Parley.Ports;

namespace Parley.Ingest.Buffering;

/// <summary>A body whose beginning was read already, copied into a file while it is read.</summary>
internal sealed class CopyingStream(ReadOnlyMemory<byte> start, Stream rest, IMediaWriter copy) : Stream
{
    private int _used;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        if (_used < start.Length)
        {
            read = Math.Min(buffer.Length, start.Length - _used);
            start.Slice(_used, read).CopyTo(buffer);
            _used += read;
        }
        else
        {
            read = await rest.ReadAsync(buffer, cancellationToken);
        }

        if (read > 0)
        {
            await copy.Write(buffer[..read], cancellationToken);
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
