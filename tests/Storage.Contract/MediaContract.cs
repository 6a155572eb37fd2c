using System.Security.Cryptography;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The bytes of media.</summary>
public abstract class MediaContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task What_was_written_is_read(int size)
    {
        var bytes = Bytes(size);
        var stored = await Put(bytes);

        Assert.Equal(new StoredMedia(Convert.ToHexStringLower(SHA256.HashData(bytes)), size), stored);
        Assert.Equal(bytes, await Read(stored.Sha256));
        Assert.Null(await Store.Media.Open(OtherTenant, stored.Sha256, Token));
    }

    [Fact]
    public async Task The_stream_can_seek()
    {
        var stored = await Put(Bytes(1000));
        await using var stream = (await Store.Media.Open(Tenant, stored.Sha256, Token))!;
        Assert.Equal(1000, stream.Length);
        stream.Seek(990, SeekOrigin.Begin);
        Assert.Equal(10, await stream.ReadAtLeastAsync(new byte[50], 10, cancellationToken: Token));
    }

    [Fact]
    public async Task A_file_that_was_not_completed_is_not_there()
    {
        var bytes = Bytes(100);
        await using (var writer = await Store.Media.Create(Tenant, Token))
        {
            await writer.Write(bytes, Token);
        }

        Assert.Null(await Store.Media.Open(Tenant, Convert.ToHexStringLower(SHA256.HashData(bytes)), Token));
    }

    [Fact]
    public async Task Many_may_write_the_same_bytes_at_once()
    {
        var bytes = Bytes(50_000);
        var stored = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Put(bytes)));
        Assert.Single(stored.Distinct());
        Assert.Equal(bytes, await Read(stored[0].Sha256));
    }

    [Fact]
    public async Task The_sweep_takes_what_is_old_and_not_named()
    {
        var named = await Put(Bytes(10));
        var unnamed = await Put(Bytes(20));
        var renewed = await Put(Bytes(30));
        var later = DateTimeOffset.UtcNow.AddDays(2);
        Assert.True(await Store.Media.Renew(Tenant, renewed.Sha256, later, Token));
        Assert.False(await Store.Media.Renew(Tenant, new string('0', 64), later, Token));

        var asked = new List<(string, string)>();
        var removed = await Store.Media.Sweep(
            later.AddDays(-1),
            (tenant, sha256) =>
            {
                asked.Add((tenant, sha256));
                return Task.FromResult(sha256 == named.Sha256);
            },
            Token);

        Assert.Equal(1, removed);
        Assert.Equal([(Tenant, named.Sha256), (Tenant, unnamed.Sha256)], asked.OrderBy(name => name.Item2 == unnamed.Sha256));
        Assert.Null(await Store.Media.Open(Tenant, unnamed.Sha256, Token));
        Assert.NotNull(await Read(named.Sha256));
        Assert.NotNull(await Read(renewed.Sha256));
    }

    [Fact]
    public async Task The_sweep_goes_on_past_a_file_that_could_not_be_asked_about()
    {
        for (var i = 1; i <= 4; i++)
        {
            await Put(Bytes(i));
        }

        var asked = new List<string>();
        var removed = await Store.Media.Sweep(
            DateTimeOffset.UtcNow.AddDays(2),
            (_, sha256) =>
            {
                asked.Add(sha256);
                return asked.Count <= 2 ? throw new StoreUnavailableException("This one takes too long.") : Task.FromResult(false);
            },
            Token);

        Assert.Equal((2, 4), (removed, asked.Count));
        Assert.NotNull(await Read(asked[0]));
        Assert.NotNull(await Read(asked[1]));
    }

    [Fact]
    public async Task The_sweep_ends_when_the_store_is_away()
    {
        for (var i = 1; i <= 15; i++)
        {
            await Put(Bytes(i));
        }

        var asked = 0;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.Media.Sweep(
            DateTimeOffset.UtcNow.AddDays(2),
            (_, _) =>
            {
                asked++;
                throw new StoreUnavailableException("Nobody answers.");
            },
            Token));

        Assert.Equal(10, asked);
    }

    [Fact]
    public async Task Writing_the_same_bytes_again_renews_their_age()
    {
        var stored = await Put(Bytes(10));
        await Store.Media.Renew(Tenant, stored.Sha256, DateTimeOffset.UtcNow.AddDays(-5), Token);
        await Put(Bytes(10));

        Assert.Equal(0, await Store.Media.Sweep(DateTimeOffset.UtcNow.AddDays(-1), (_, _) => Task.FromResult(false), Token));
        Assert.NotNull(await Read(stored.Sha256));
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private async Task<StoredMedia> Put(byte[] bytes)
    {
        await using var writer = await Store.Media.Create(Tenant, Token);
        foreach (var chunk in bytes.Chunk(10_000))
        {
            await writer.Write(chunk, Token);
        }

        return await writer.Complete(Token);
    }

    private async Task<byte[]?> Read(string sha256)
    {
        await using var stream = await Store.Media.Open(Tenant, sha256, Token);
        if (stream is null)
        {
            return null;
        }

        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Token);
        return memory.ToArray();
    }
}
