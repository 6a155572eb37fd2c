using Parley.Ports;

namespace Parley.Ingest.Buffering;

/// <summary>Stands for a file where only the rest of a body is looked at. It keeps nothing.</summary>
internal sealed class NoMediaWriter : IMediaWriter
{
    private static readonly string NoFile = new('0', 64);

    private long _size;

    public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _size += bytes.Length;
        return ValueTask.CompletedTask;
    }

    public Task<StoredMedia> Complete(CancellationToken cancellationToken) => Task.FromResult(new StoredMedia(NoFile, _size));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
