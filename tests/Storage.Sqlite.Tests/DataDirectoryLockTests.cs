using Parley.Ports;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>One process has a data directory.</summary>
public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly TempData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_second_one_is_refused_until_the_first_has_gone()
    {
        using (DataDirectoryLock.Take(_data.Path))
        {
            var refused = Assert.Throws<StorageStartException>(() => DataDirectoryLock.Take(_data.Path));
            Assert.Contains("in use by another Parley", refused.Message, StringComparison.Ordinal);
        }

        DataDirectoryLock.Take(_data.Path).Dispose();
    }

    [Fact]
    public void A_file_that_was_left_behind_locks_nothing()
    {
        File.WriteAllText(Path.Combine(_data.Path, "parley.lock"), "12345");
        DataDirectoryLock.Take(_data.Path).Dispose();
    }

    [Fact]
    public void A_directory_that_is_made_is_readable_by_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rights of this kind are those of Unix.");
        var path = Path.Combine(_data.Path, "new");
        using var taken = DataDirectoryLock.Take(path);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_directory_that_is_missing_is_made()
    {
        var path = Path.Combine(_data.Path, "new", "data");
        DataDirectoryLock.Take(path).Dispose();
        Assert.True(Directory.Exists(path));
    }
}
