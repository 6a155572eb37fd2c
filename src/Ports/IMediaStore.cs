namespace Parley.Ports;

/// <summary>The bytes of media, named by tenant and SHA-256.</summary>
public interface IMediaStore
{
    /// <summary>Begins a file; it has no name until it is completed.</summary>
    Task<IMediaWriter> Create(string tenantId, CancellationToken cancellationToken);

    /// <returns>A seekable stream; null when there is no such file.</returns>
    Task<Stream?> Open(string tenantId, string sha256, CancellationToken cancellationToken);

    /// <summary>Renews a file's age, so that the sweep spares it.</summary>
    /// <returns>False when there is no such file.</returns>
    Task<bool> Renew(string tenantId, string sha256, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes files older than <paramref name="before"/> that nothing names.</summary>
    Task<int> Sweep(DateTimeOffset before, Func<string, string, Task<bool>> isNamed, CancellationToken cancellationToken);
}

/// <summary>A file that is being written; gone when it is disposed before <see cref="Complete"/>.</summary>
public interface IMediaWriter : IAsyncDisposable
{
    ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Flushes the file to the disk and gives it its name.</summary>
    Task<StoredMedia> Complete(CancellationToken cancellationToken);
}

/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
public sealed record StoredMedia(string Sha256, long Size);
