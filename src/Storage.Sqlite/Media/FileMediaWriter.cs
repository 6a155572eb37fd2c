using System.Security.Cryptography;
using Parley.Ports;

namespace Parley.Storage.Sqlite.Media;

/// <summary>A media file in the making.</summary>
internal sealed class FileMediaWriter : IMediaWriter
{
    private readonly string _path;
    private readonly Func<string, string> _nameOf;
    private readonly Lock _names;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;
    private bool _completed;

    /// <param name="names">Held while the file gets its name.</param>
    public FileMediaWriter(string directory, Func<string, string> nameOf, Lock names)
    {
        _path = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        (_nameOf, _names) = (nameOf, names);
        _file = new FileStream(
            _path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
    }

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception exception) when (IsOfDisk(exception))
        {
            throw new StoreUnavailableException($"The media store failed: {exception.Message}", exception);
        }

        _hash.AppendData(bytes.Span);
        _size += bytes.Length;
    }

    public Task<StoredMedia> Complete(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(Complete, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _file.DisposeAsync();
        if (!_completed)
        {
            try
            {
                File.Delete(_path);
            }
            catch (IOException)
            {
                // The sweep takes it.
            }
        }
    }

    /// <summary>Whether the disk failed. A file that may not get larger (EFBIG) comes as an argument out of its range.</summary>
    private static bool IsOfDisk(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    private StoredMedia Complete()
    {
        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        var path = _nameOf(sha256);
        var directory = Path.GetDirectoryName(path)!;
        try
        {
            // The bytes before the name, and the name before the answer.
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                DirectorySync.Flush(Path.GetDirectoryName(directory)!);
            }

            // Another writer of the same bytes may have been first: either file will do, and this one renews its age.
            lock (_names)
            {
                File.Move(_path, path, overwrite: true);
            }

            _completed = true;
            DirectorySync.Flush(directory);
        }
        catch (Exception exception) when (IsOfDisk(exception))
        {
            throw new StoreUnavailableException($"The media store failed: {exception.Message}", exception);
        }

        return new StoredMedia(sha256, _size);
    }
}
