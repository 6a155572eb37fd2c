namespace Parley.Gateways.Evolution.Tests;

/// <summary>A body with a video of any size, never in memory as a whole.</summary>
internal sealed class VideoStream(ReadOnlyMemory<byte> before, long letters, ReadOnlyMemory<byte> after) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => before.Length + letters + after.Length;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position < before.Length)
        {
            return Copy(before, _position, buffer);
        }

        var within = _position - before.Length;
        if (within >= letters)
        {
            return Copy(after, within - letters, buffer);
        }

        var count = (int)Math.Min(buffer.Length, letters - within);
        for (var i = 0; i < count; i++)
        {
            buffer[i] = "QUJDREVGR0hJSktM"u8[(int)((within + i) & 15)];
        }

        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Copy(ReadOnlyMemory<byte> from, long start, Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, from.Length - start);
        from.Span.Slice((int)start, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
