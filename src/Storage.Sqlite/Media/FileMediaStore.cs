using System.Text.RegularExpressions;
using Parley.Ports;

namespace Parley.Storage.Sqlite.Media;

/// <summary>Media as files: <c>media/&lt;tenant&gt;/&lt;first two digits&gt;/&lt;sha256&gt;</c>.</summary>
/// <remarks>A file has its name only when all of it is on the disk. What a crash left unfinished lies in
/// <c>media/&lt;tenant&gt;/tmp</c> until a sweep takes it.</remarks>
internal sealed partial class FileMediaStore(SqliteOptions options) : IMediaStore
{
    private const string Unfinished = "tmp";
    private const int BufferSize = 81_920;

    private readonly string _root = Path.GetFullPath(options.MediaDirectory);

    public Task<IMediaWriter> Create(string tenantId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var directory = TenantDirectory(tenantId);
        return Guarded<IMediaWriter>(() =>
        {
            var unfinished = Path.Combine(directory, Unfinished);
            Directory.CreateDirectory(unfinished);
            return new FileMediaWriter(unfinished, sha256 => FilePath(directory, sha256));
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
                File.SetLastWriteTimeUtc(path, now.UtcDateTime);
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

        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (File.GetLastWriteTimeUtc(path) >= before.UtcDateTime)
            {
                continue;
            }

            var tenantId = Path.GetRelativePath(_root, path).Split(Path.DirectorySeparatorChar)[0];
            var name = Path.GetFileName(path);
            var isMedia = HashPattern().IsMatch(name);
            if (isMedia && await isNamed(tenantId, name))
            {
                continue;
            }

            // It may have been renewed while it was asked about.
            if (File.GetLastWriteTimeUtc(path) < before.UtcDateTime)
            {
                File.Delete(path);
                removed++;
            }
        }

        return removed;
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
