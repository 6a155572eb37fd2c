using System.Security.Cryptography;
using System.Text;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Storage.Contract;

/// <summary>The installation's gateways.</summary>
public abstract class GatewayContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_gateway_is_created_once_and_comes_back_with_every_field()
    {
        var gateway = NewGateway("gw-1");
        Assert.True(await Store.Gateways.CreateGateway(gateway, Token));
        Assert.False(await Store.Gateways.CreateGateway(NewGateway("gw-1", "other token"), Token));

        Same.Value(gateway, await Store.Gateways.ReadGateway("gw-1", Token));
        Assert.Null(await Store.Gateways.ReadGateway("GW-1", Token));
        Assert.True(await Store.Gateways.DeleteGateway("gw-1", Token));
        Assert.False(await Store.Gateways.DeleteGateway("gw-1", Token));
        Assert.Null(await Store.Gateways.ReadGateway("gw-1", Token));
        Assert.True(await Store.Gateways.CreateGateway(gateway, Token));
    }

    [Fact]
    public async Task A_change_is_made_only_of_the_version_before()
    {
        var first = NewGateway("gw");
        await Store.Gateways.CreateGateway(first, Token);
        var changes = Enumerable.Range(0, 8).Select(i => first with { Url = $"http://{i}/", UpdatedAt = Now.AddTicks(i), Version = 2 }).ToList();
        var made = await Task.WhenAll(changes.Select(change => Store.Gateways.UpdateGateway(change, Token)));

        Same.Value(Assert.Single(changes.Where((_, i) => made[i])), await Store.Gateways.ReadGateway("gw", Token));
        Assert.False(await Store.Gateways.UpdateGateway(first with { Version = 2 }, Token));
        Assert.False(await Store.Gateways.UpdateGateway(first with { Version = 4 }, Token));
        Assert.False(await Store.Gateways.UpdateGateway(NewGateway("none") with { Version = 2 }, Token));
        Assert.True(await Store.Gateways.UpdateGateway(first with { Version = 3 }, Token));
        Same.Value(first with { Version = 3 }, await Store.Gateways.ReadGateway("gw", Token));
    }

    [Fact]
    public async Task A_gateway_is_found_by_its_present_token()
    {
        var (one, two) = (NewGateway("one"), NewGateway("two"));
        await Store.Gateways.CreateGateway(one, Token);
        await Store.Gateways.CreateGateway(two, Token);
        await Store.Gateways.UpdateGateway(one with { TokenSha256 = Hash("next"), Version = 2 }, Token);

        Assert.Equal("one", (await Store.Gateways.FindGatewayByToken(Hash("next"), Token))!.GatewayId);
        Assert.Equal("two", (await Store.Gateways.FindGatewayByToken(two.TokenSha256, Token))!.GatewayId);
        Assert.Null(await Store.Gateways.FindGatewayByToken(one.TokenSha256, Token));

        // A token leads to one gateway, whoever asks for it a second time.
        Assert.False(await Store.Gateways.UpdateGateway(two with { TokenSha256 = Hash("next"), Version = 2 }, Token));
        Assert.False(await Store.Gateways.CreateGateway(NewGateway("three", "next"), Token));
        await Store.Gateways.DeleteGateway("one", Token);
        Assert.Null(await Store.Gateways.FindGatewayByToken(Hash("next"), Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Gateways_are_listed_in_the_order_of_their_ids(int limit)
    {
        foreach (var id in new[] { "b", "a", "d", "c", "e" })
        {
            await Store.Gateways.CreateGateway(NewGateway(id), Token);
        }

        Task<Page<Gateway>> List(PageRequest page) => Store.Gateways.ListGateways(page, Token);
        Assert.Equal(["a", "b", "c", "d", "e"], (await Pages.Forwards(List, limit)).Select(gateway => gateway.GatewayId));
        Assert.Equal(["a", "b", "c", "d", "e"], (await Pages.Backwards(List, limit)).Select(gateway => gateway.GatewayId));
    }

    private Gateway NewGateway(string id, string? token = null) => new(
        id,
        "evolution-v2",
        "https://gateway.example/a?b=c",
        "protected + \"key\"",
        Hash(token ?? $"token of {id}"),
        "oken",
        Now.AddTicks(1234567),
        Now.AddTicks(7654321));

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
