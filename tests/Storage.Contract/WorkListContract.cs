using Parley.Domain.Addresses;
using Parley.Domain.Work;

namespace Parley.Storage.Contract;

/// <summary>Durable to-dos.</summary>
public abstract class WorkListContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Every_kind_of_to_do_comes_back_oldest_first()
    {
        WorkItem[] items =
        [
            new SameParty(Address.Parse("100000000000011@lid"), Address.Parse("5511987650001")),
            new Merge("a:b", "c:d"),
            new Erase("a:b"),
            new Meet("3EB0"),
        ];
        foreach (var item in items)
        {
            await Leave(item);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(items, await DueItems(Tenant, 10, Now, Token));
        Assert.Equal(items[..2], await DueItems(Tenant, 2, Now, Token));
        Assert.Empty(await DueItems(OtherTenant, 2, Now, Token));
    }

    [Fact]
    public async Task Two_of_one_key_are_one()
    {
        await Leave(new Merge("a", "b"), new Merge("b", "a"));
        await Leave(new Merge("b", "a"));
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task What_is_done_is_gone_and_may_be_left_again()
    {
        await Leave(new Erase("a"));
        await CompleteItem(Tenant, new Erase("a").Key, Token);
        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
        await Leave(new Erase("a"));
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
        await CompleteItem(OtherTenant, new Erase("a").Key, Token);
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task What_is_left_again_while_it_is_done_stays()
    {
        await Leave(new Erase("a"));
        var doing = await Find(Tenant, new Erase("a").Key, Token);
        await Leave(new Erase("a"));
        await Store.Work.Complete(Tenant, doing!, Token);
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
        await Store.Work.Postpone(Tenant, doing!, Now.AddMinutes(5), Token);
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task What_is_left_again_is_due_again()
    {
        await Leave(new Erase("a"));
        await PostponeItem(Tenant, new Erase("a").Key, Now.AddMinutes(5), Token);
        await Leave(new Erase("a"));
        Assert.Single(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task What_is_postponed_is_due_later()
    {
        await Leave(new Erase("a"));
        await PostponeItem(Tenant, new Erase("a").Key, Now.AddMinutes(5), Token);

        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
        Assert.Empty(await Store.Work.TenantsWithWork(Now, Token));
        Assert.Single(await DueItems(Tenant, 10, Now.AddMinutes(5), Token));
        Assert.Equal([Tenant], await Store.Work.TenantsWithWork(Now.AddMinutes(5), Token));
    }

    [Fact]
    public async Task Tenants_with_work_that_is_due_are_named_once()
    {
        await Leave(new Erase("a"), new Erase("b"));
        await Store.Work.Leave(OtherTenant, [new Erase("a")], Now, Token);
        await Store.Work.Leave("later", [new Erase("a")], Now.AddHours(1), Token);

        Assert.Equal([Tenant, OtherTenant], (await Store.Work.TenantsWithWork(Now, Token)).Order(StringComparer.Ordinal));
    }

    private Task Leave(params WorkItem[] items) => Store.Work.Leave(Tenant, items, Now, Token);
}
