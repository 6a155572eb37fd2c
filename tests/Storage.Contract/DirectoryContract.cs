using Parley.Domain.Addresses;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Names and pictures.</summary>
public abstract class DirectoryContract(IStoreFixture fixture) : StoreTests(fixture)
{
    private static readonly Address Phone = Address.Parse("5511987650001");

    [Fact]
    public async Task The_later_name_and_the_later_picture_stay()
    {
        await Put("Ana", "p1", 10);
        await Put("Old", null, 5);
        await Put(null, "p2", 20);
        await Put("Ana Lima", null, 15);
        await Put(null, null, 99);

        Assert.Equal(new DirectoryEntry(Phone.Canonical, "Ana Lima", "p2", Now.AddSeconds(20)), await Find());
    }

    [Fact]
    public async Task Every_order_ends_alike()
    {
        (string? Name, string? Picture, int At)[] told = [("A", null, 1), ("B", "x", 2), ("C", null, 2), (null, "y", 3), ("D", null, 2)];
        var ends = new HashSet<DirectoryEntry?>();
        for (var i = 0; i < told.Length; i++)
        {
            var tenant = $"t{i}";
            foreach (var (name, picture, at) in told.Skip(i).Concat(told.Take(i)))
            {
                await Put(name, picture, at, tenant);
            }

            ends.Add(await Find(tenant));
        }

        Assert.Equal(new DirectoryEntry(Phone.Canonical, "D", "y", Now.AddSeconds(3)), Assert.Single(ends));
    }

    [Fact]
    public async Task A_name_told_again_later_stands_against_one_told_in_between()
    {
        await Put("Ana", null, 1);
        await Put("Ana", null, 30);
        await Put("Eva", null, 20);
        Assert.Equal("Ana", (await Find())!.Name);
    }

    [Fact]
    public async Task Of_names_told_at_once_the_latest_stays()
    {
        await Put("Old", null, 1);
        await Task.WhenAll(Enumerable.Range(2, 30).Reverse().Select(second => Put($"Ana {second}", $"p{33 - second}", second)));
        Assert.Equal(new DirectoryEntry(Phone.Canonical, "Ana 31", "p2", Now.AddSeconds(31)), await Find());
    }

    [Fact]
    public async Task Only_what_is_known_is_found_under_its_canonical_address()
    {
        await Put("Ana", null, 1);
        var found = await Store.Directory.Find(
            Tenant, [Phone, Phone.Canonical, Address.Parse("5511987650009"), Address.Parse("1@lid")], Token);
        Assert.Equal(Phone.Canonical, Assert.Single(found).Key);
        Assert.Empty(await Store.Directory.Find(OtherTenant, [Phone], Token));
    }

    private Task Put(string? name, string? picture, int seconds, string tenantId = Tenant) =>
        Store.Directory.Put(tenantId, [new DirectoryEntry(Phone, name, picture, Now.AddSeconds(seconds))], Token);

    private async Task<DirectoryEntry?> Find(string tenantId = Tenant) =>
        (await Store.Directory.Find(tenantId, [Phone], Token)).GetValueOrDefault(Phone.Canonical);
}
