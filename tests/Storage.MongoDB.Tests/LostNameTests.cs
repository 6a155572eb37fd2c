using System.Security.Cryptography;
using Parley.Ports;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>A file whose naming was done and whose writer does not know it may be what others rely on already.</summary>
public sealed class LostNameTests : ProxiedStoreTests
{
    private const string Tenant = "acme";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i * 7))];

    private IMediaStore Media => Get<IMediaStore>();

    [Fact]
    public async Task It_stays_though_its_writer_gives_up()
    {
        await using (var writer = await Media.Create(Tenant, Token))
        {
            await writer.Write(Bytes, Token);

            // The driver repeats a write once by itself.
            Proxy.OnNext("update", ProxyAction.LoseAnswer, 2);
            await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => writer.Complete(Token));
            Proxy.Heal();
        }

        await AssertThere();
        await using (var again = await Media.Create(Tenant, Token))
        {
            await again.Write(Bytes, Token);
            await again.Complete(Token);
        }

        await AssertThere();
    }

    private async Task AssertThere()
    {
        await using var stream = await Media.Open(Tenant, Convert.ToHexStringLower(SHA256.HashData(Bytes)), Token);
        Assert.NotNull(stream);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Token);
        Assert.Equal(Bytes, read.ToArray());
    }
}
