using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Parley.Ports;

namespace Parley.Storage.Sqlite.Media;

/// <summary>Media as files: <c>media/&lt;tenant&gt;/&lt;first two digits&gt;/&lt;sha256&gt;</c>.</summary>
/// <remarks>A file has its name only when all of it is on the disk. What a crash left unfinished lies in
/// <c>media/&lt;tenant&gt;/tmp</c> until a sweep takes it.</remarks>
internal sealed partial class FileMediaStore(SqliteOptions options, ILogger<FileMediaStore> logger) : IMediaStore
{
    private const string Unfinished = "tmp";
    private const int BufferSize = 81_920;

    /// <summary>A sweep goes on past a file that could not be asked about, but not when the store is away.</summary>
    private const int MostUnasked = 10;

    private static readonly EnumerationOptions Readable = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.None,
    };

    private readonly string _root = Path.GetFullPath(options.MediaDirectory);

    /// <summary>Held while a file is renewed, or gets its name, and while a sweep looks at its age once more and removes it.</summary>
    private readonly Lock _names = new();

    public Task<IMediaWriter> Create(string tenantId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var directory = TenantDirectory(tenantId);
        return Guarded<IMediaWriter>(() =>
        {
            var unfinished = Path.Combine(directory, Unfinished);
            Directory.CreateDirectory(unfinished);
            return new FileMediaWriter(unfinished, sha256 => FilePath(directory, sha256), _names);
        });
    }

    public Task<Stream?> Open(string tenantId, string sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Find(tenantId, sha256) is not { } path)
        {
            return Task.FromResult<Stream?>(null);
        }

        return Guarded<Stream?>(() =>
        {
            try
            {
                return new FileStream(
                    path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.Asynchronous);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        });
    }

    public Task<bool> Renew(string tenantId, string sha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Find(tenantId, sha256) is not { } path)
        {
            return Task.FromResult(false);
        }

        return Guarded(() =>
        {
            try
            {
                lock (_names)
                {
                    File.SetLastWriteTimeUtc(path, now.UtcDateTime);
                }

                return true;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
        });
    }

    public async Task<int> Sweep(
        DateTimeOffset before, Func<string, string, Task<bool>> isNamed, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
        {
            return 0;
        }

        var (removed, unasked) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(_root, "*", Readable))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (File.GetLastWriteTimeUtc(path) < before.UtcDateTime && !await IsNamed(path, isNamed) && Remove(path, before))
                {
                    removed++;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
                || (exception is StoreException && ++unasked < MostUnasked))
            {
                Log.MediaNotSwept(logger, exception);
            }
        }

        return removed;
    }

    private async Task<bool> IsNamed(string path, Func<string, string, Task<bool>> isNamed)
    {
        var tenantId = Path.GetRelativePath(_root, path).Split(Path.DirectorySeparatorChar)[0];
        var name = Path.GetFileName(path);
        return HashPattern().IsMatch(name) && await isNamed(tenantId, name);
    }

    /// <returns>False when it was renewed while it was asked about.</returns>
    private bool Remove(string path, DateTimeOffset before)
    {
        lock (_names)
        {
            if (File.GetLastWriteTimeUtc(path) >= before.UtcDateTime)
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
    }

    /// <summary>Only names that cannot lead out of the directory become paths.</summary>
    private string TenantDirectory(string tenantId) =>
        TenantPattern().IsMatch(tenantId)
            ? Path.Combine(_root, tenantId)
            : throw new ArgumentException("This is no tenant's id.", nameof(tenantId));

    private string? Find(string tenantId, string sha256) =>
        HashPattern().IsMatch(sha256) ? FilePath(TenantDirectory(tenantId), sha256) : null;

    private static string FilePath(string directory, string sha256) => Path.Combine(directory, sha256[..2], sha256);

    private static Task<T> Guarded<T>(Func<T> action)
    {
        try
        {
            return Task.FromResult(action());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The media store failed: {exception.Message}", exception);
        }
    }

    // A tilde stands before the name of a gateway: what no tenant has yet.
    [GeneratedRegex(@"\A~?[a-z0-9][a-z0-9_-]{0,62}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TenantPattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HashPattern();
}
