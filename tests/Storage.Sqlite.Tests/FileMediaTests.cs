using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ports;
using Parley.Storage.Sqlite.Media;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>Media files on the disk.</summary>
public sealed class FileMediaTests : IDisposable
{
    private readonly TempData _data = new();
    private readonly FileMediaStore _store;

    public FileMediaTests() => _store = new FileMediaStore(_data.Options, NullLogger<FileMediaStore>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_file_is_named_by_tenant_and_hash()
    {
        var stored = await Put("acme");
        Assert.Equal([$"media/acme/{stored.Sha256[..2]}/{stored.Sha256}"], Files());
    }

    [Fact]
    public async Task What_was_not_completed_leaves_nothing()
    {
        await using (var writer = await _store.Create("acme", Token))
        {
            await writer.Write(new byte[10], Token);
            Assert.Single(Files());
        }

        Assert.Empty(Files());
    }

    [Fact]
    public async Task What_a_crash_left_is_swept_without_asking()
    {
        var leftover = Path.Combine(_data.Path, "media", "acme", "tmp", "0123");
        Directory.CreateDirectory(Path.GetDirectoryName(leftover)!);
        await File.WriteAllTextAsync(leftover, "half", Token);
        File.SetLastWriteTimeUtc(leftover, DateTime.UtcNow.AddDays(-2));
        var young = Path.Combine(_data.Path, "media", "acme", "tmp", "4567");
        await File.WriteAllTextAsync(young, "half", Token);

        var removed = await _store.Sweep(
            DateTimeOffset.UtcNow.AddDays(-1), (_, _) => throw new InvalidOperationException("Nothing to ask."), Token);

        Assert.Equal(1, removed);
        Assert.Equal(["media/acme/tmp/4567"], Files());
    }

    [Fact]
    public async Task A_file_that_cannot_be_removed_keeps_no_other_from_the_sweep()
    {
        var files = Enumerable.Range(0, 4).Select(i => OldFile($"acme/{i}{i}/{new string((char)('0' + i), 64)}")).ToList();
        string? stuck = null;

        var removed = await _store.Sweep(
            DateTimeOffset.UtcNow.AddDays(-1),
            (_, sha256) =>
            {
                if (stuck is null)
                {
                    // A directory stands in its place: nobody removes that as a file.
                    stuck = files.Single(file => file.EndsWith(sha256, StringComparison.Ordinal));
                    File.Delete(stuck);
                    Directory.CreateDirectory(stuck);
                    Directory.SetLastWriteTimeUtc(stuck, DateTime.UtcNow.AddDays(-2));
                }

                return Task.FromResult(false);
            },
            Token);

        Assert.Equal(3, removed);
        Assert.Empty(Files());
        Assert.True(Directory.Exists(stuck));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_read_keeps_no_other_from_the_sweep()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Nothing is closed to this user.");
            return;
        }

        var closed = Path.GetDirectoryName(OldFile("a-closed/00/" + new string('0', 64)))!;
        OldFile("acme/11/" + new string('1', 64));
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            Assert.Equal(1, await _store.Sweep(DateTimeOffset.UtcNow.AddDays(-1), (_, _) => Task.FromResult(false), Token));
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task What_was_renewed_or_written_again_is_not_swept_at_that_moment()
    {
        var old = DateTimeOffset.UtcNow.AddDays(-2);
        for (var i = 0; i < 1_000; i++)
        {
            var sha256 = (await Put("acme")).Sha256;
            await _store.Renew("acme", sha256, old, Token);

            var sweep = Task.Run(() => _store.Sweep(old.AddDays(1), (_, _) => Task.FromResult(false), Token), Token);
            var writes = i % 2 == 0;
            var kept = await Task.Run(
                async () => writes ? await Put("acme") is not null : await _store.Renew("acme", sha256, DateTimeOffset.UtcNow, Token), Token);
            await sweep;

            await using var stream = await _store.Open("acme", sha256, Token);
            Assert.Equal(kept, stream is not null);
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../acme")]
    [InlineData("acme/../x")]
    [InlineData("/etc")]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("acme\n")]
    [InlineData("a\0b")]
    public async Task No_tenant_leads_out_of_the_directory(string tenantId)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Create(tenantId, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.Open(tenantId, new string('a', 64), Token));
    }

    [Theory]
    [InlineData("../../parley.db")]
    [InlineData("")]
    [InlineData("aa")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/a")]
    public async Task No_name_leads_out_of_the_directory(string sha256)
    {
        Assert.Null(await _store.Open("acme", sha256, Token));
        Assert.False(await _store.Renew("acme", sha256, DateTimeOffset.UtcNow, Token));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_a_store_that_is_down()
    {
        await File.WriteAllTextAsync(Path.Combine(_data.Path, "media"), "in the way", Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Create("acme", Token));
    }

    private string OldFile(string name)
    {
        var path = Path.Combine(_data.Path, "media", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "old");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-2));
        return path;
    }

    private async Task<StoredMedia> Put(string tenantId)
    {
        await using var writer = await _store.Create(tenantId, Token);
        await writer.Write("hello"u8.ToArray(), Token);
        return await writer.Complete(Token);
    }

    private string[] Files() =>
    [
        .. Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_data.Path, path).Replace('\\', '/')),
    ];
}
