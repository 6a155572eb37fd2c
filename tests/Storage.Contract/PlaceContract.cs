namespace Parley.Storage.Contract;

/// <summary>How far readers of logs have come.</summary>
public abstract class PlaceContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_place_moves_from_where_it_was_read_only()
    {
        Assert.Null(await Store.Places.ReadPlace("kafka:1", Token));
        Assert.False(await Store.Places.MovePlace("kafka:1", 0, 5, Token));
        Assert.True(await Store.Places.MovePlace("kafka:1", null, 5, Token));
        Assert.False(await Store.Places.MovePlace("kafka:1", null, 6, Token));
        Assert.False(await Store.Places.MovePlace("kafka:1", 4, 6, Token));
        Assert.Equal(5, await Store.Places.ReadPlace("kafka:1", Token));
        Assert.True(await Store.Places.MovePlace("kafka:1", 5, 9_000_000_000, Token));
        Assert.Equal(9_000_000_000, await Store.Places.ReadPlace("kafka:1", Token));
        Assert.Null(await Store.Places.ReadPlace("kafka:10", Token));
    }

    [Fact]
    public async Task Of_several_who_move_it_at_once_one_does()
    {
        foreach (var from in new long?[] { null, 1 })
        {
            var moved = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.Places.MovePlace("p", from, (from ?? 0) + 1, Token)));
            Assert.Single(moved, true);
        }

        Assert.Equal(2, await Store.Places.ReadPlace("p", Token));
    }
}
