using System.Security.Cryptography;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Takes media like a store would; keeps hash and size, and the bytes where they are asked for.</summary>
internal sealed class MediaSink(bool keep = true)
{
    public List<Writer> Writers { get; } = [];

    public Task<IMediaWriter> Create(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writer = new Writer(keep);
        Writers.Add(writer);
        return Task.FromResult<IMediaWriter>(writer);
    }

    internal sealed class Writer(bool keep) : IMediaWriter
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly MemoryStream _bytes = new();
        private long _size;

        public byte[] Bytes => _bytes.ToArray();

        public StoredMedia? Stored { get; private set; }

        public bool Disposed { get; private set; }

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Assert.False(Disposed);
            _hash.AppendData(bytes.Span);
            _size += bytes.Length;
            if (keep)
            {
                _bytes.Write(bytes.Span);
            }

            return ValueTask.CompletedTask;
        }

        public Task<StoredMedia> Complete(CancellationToken cancellationToken)
        {
            Stored = new(Convert.ToHexStringLower(_hash.GetHashAndReset()), _size);
            return Task.FromResult(Stored);
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            _hash.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
