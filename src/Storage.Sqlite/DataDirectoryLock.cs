using Parley.Ports;

namespace Parley.Storage.Sqlite;

/// <summary>Keeps a data directory to one process for as long as it lives.</summary>
/// <remarks>The lock is the operating system's and goes with the process, however that ends: a file that a killed process
/// left behind locks nothing.</remarks>
public sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "parley.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <exception cref="StorageStartException">Another process has the directory, or it cannot be used.</exception>
    public static DataDirectoryLock Take(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        try
        {
            MakeDirectory(dataDirectory);

            // FileShare.None is an exclusive lock of the whole file: flock on Unix.
            return new DataDirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StorageStartException(
                $"The data directory '{dataDirectory}' cannot be used: {exception.Message} Check its owner and rights.", exception);
        }
        catch (IOException exception)
        {
            throw new StorageStartException(
                $"The data directory '{dataDirectory}' is in use by another Parley, or cannot be used: {exception.Message} "
                + "Stop the other process, or name another directory with --Parley:DataDirectory.",
                exception);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>People's conversations are nobody else's to read. A directory that is there keeps the rights that it was given.</summary>
    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
