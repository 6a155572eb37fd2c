using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Changes that wait for their message.</summary>
public abstract class ParkingLotContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task What_is_parked_comes_back_as_it_was()
    {
        var parked = await Park("s", Changes.Edit("a", "x", Now), Changes.Vote("b", Now.AddTicks(7)), Changes.Deletion("c", Now));
        var listed = await Store.Parking.ListParked(0, 10, Token);

        Same.Values(parked, listed);
        Assert.Equal(["a", "b", "c"], listed.Select(change => change.Change.TargetId));
        Assert.Equal(["a", "b"], Assert.IsType<VoteChange>(listed[1].Change).Options);
        Assert.Equal(listed.Select(change => change.Id).Order(), listed.Select(change => change.Id));
    }

    [Fact]
    public async Task The_same_change_is_parked_once()
    {
        var first = await Park("s", Changes.Edit("a", "x", Now));
        var again = await Park("s", Changes.Edit("a", "x", Now), Changes.Edit("a", "y", Now));
        var other = await Park("t", Changes.Edit("a", "x", Now));

        Assert.Equal(first[0].Id, again[0].Id);
        Assert.Equal(3, new[] { first[0].Id, again[1].Id, other[0].Id }.Distinct().Count());
        Assert.Equal(3, (await Store.Parking.ListParked(0, 10, Token)).Count);
    }

    [Fact]
    public async Task The_same_change_told_at_once_is_parked_once()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Park("s", Changes.Edit("a", "x", Now))));
        Assert.Single(all.Select(parked => parked[0].Id).Distinct());
    }

    [Fact]
    public async Task Beyond_the_bound_the_oldest_of_the_session_are_dropped()
    {
        await Park("t", Changes.Deletion("other", Now));
        for (var i = 0; i < 7; i++)
        {
            await Park("s", Changes.Deletion($"m{i}", Now));
        }

        var left = (await Store.Parking.ListParked(0, 20, Token)).Select(change => change.Change.TargetId);
        Assert.Equal(["other", "m2", "m3", "m4", "m5", "m6"], left);
    }

    [Fact]
    public async Task The_bound_counts_what_is_still_parked()
    {
        var parked = new List<ParkedChange>();
        for (var i = 0; i < 5; i++)
        {
            parked.AddRange(await Park("s", Changes.Deletion($"m{i}", Now)));
        }

        await Store.Parking.Unpark(Tenant, [parked[4].Id, parked[3].Id], Token);
        var talk = NewTalk();
        await Commit(talk.Say() with { Unparked = [parked[2].Id] });
        await Park("s", Changes.Deletion("n1", Now), Changes.Deletion("n2", Now), Changes.Deletion("n3", Now));
        Assert.Equal(5, (await Store.Parking.ListParked(0, 20, Token)).Count);
        await Park("s", Changes.Deletion("n4", Now));
        Assert.Equal(
            ["m1", "n1", "n2", "n3", "n4"], (await Store.Parking.ListParked(0, 20, Token)).Select(change => change.Change.TargetId));
    }

    /// <summary>A store may have to count anew, after a failure or a restart; a sweep makes it do so, too.</summary>
    [Fact]
    public async Task The_bound_counts_what_is_still_parked_when_it_is_counted_anew()
    {
        var parked = new List<ParkedChange>();
        for (var i = 0; i < 5; i++)
        {
            parked.AddRange(await Park("s", Changes.Deletion($"m{i}", Now)));
        }

        Assert.Equal(0, await Store.Parking.ExpireParked(Now.AddDays(-7), Token));
        await Store.Parking.Unpark(Tenant, [parked[0].Id], Token);
        await Park("s", Changes.Deletion("n1", Now), Changes.Deletion("n2", Now));

        Assert.Equal(["m2", "m3", "m4", "n1", "n2"], (await Store.Parking.ListParked(0, 20, Token)).Select(change => change.Change.TargetId));
    }

    [Fact]
    public async Task Only_a_tenants_own_are_unparked()
    {
        var parked = await Park("s", Changes.Deletion("a", Now));
        await Store.Parking.Unpark(OtherTenant, [parked[0].Id], Token);
        Assert.Single(await Store.Parking.ListParked(0, 10, Token));
        await Store.Parking.Unpark(Tenant, [parked[0].Id, 999], Token);
        Assert.Empty(await Store.Parking.ListParked(0, 10, Token));
    }

    [Fact]
    public async Task An_id_is_not_given_again()
    {
        var first = await Park("s", Changes.Deletion("a", Now));
        await Store.Parking.Unpark(Tenant, [first[0].Id], Token);
        var second = await Park("s", Changes.Deletion("b", Now));
        Assert.NotEqual(first[0].Id, second[0].Id);
    }

    [Fact]
    public async Task The_list_goes_on_after_an_id_through_all_tenants()
    {
        await Park("s", Changes.Deletion("a", Now), Changes.Deletion("b", Now));
        await Store.Parking.Park(OtherTenant, "s", [Changes.Deletion("a", Now)], 5, Now, Token);
        var first = await Store.Parking.ListParked(0, 2, Token);
        var rest = await Store.Parking.ListParked(first[^1].Id, 10, Token);
        Assert.Equal([Tenant, Tenant, OtherTenant], first.Concat(rest).Select(change => change.TenantId));
    }

    [Fact]
    public async Task What_is_old_expires()
    {
        await Park("s", Changes.Deletion("old", Now));
        Time.Advance(TimeSpan.FromDays(7));
        await Park("s", Changes.Deletion("new", Now));

        Assert.Equal(1, await Store.Parking.ExpireParked(Now, Token));
        Assert.Equal("new", Assert.Single(await Store.Parking.ListParked(0, 10, Token)).Change.TargetId);
    }

    private Task<IReadOnlyList<ParkedChange>> Park(string session, params MessageChange[] changes) =>
        Store.Parking.Park(Tenant, session, changes, 5, Now, Token);
}
