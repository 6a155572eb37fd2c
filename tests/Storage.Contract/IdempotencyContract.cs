using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Idempotency keys.</summary>
public abstract class IdempotencyContract(IStoreFixture fixture) : StoreTests(fixture)
{
    private const string Route = "POST /v1/messages";

    [Fact]
    public async Task A_key_is_new_once_among_many_callers()
    {
        var rows = Enumerable.Range(0, 20).Select(_ => NewRow("k")).ToList();
        var answers = await Task.WhenAll(rows.Select(row => Store.Keys.BeginKey(Tenant, row, Token)));

        var first = rows[Array.FindIndex(answers, static answer => answer is null)];
        Assert.Equal(19, answers.Count(static answer => answer is not null));
        Assert.All(answers.OfType<IdempotencyRow>(), kept => Same.Value(first, kept));
    }

    [Fact]
    public async Task A_key_is_of_one_tenant_and_one_route()
    {
        var row = NewRow("k");
        Assert.Null(await Store.Keys.BeginKey(Tenant, row, Token));
        Assert.Null(await Store.Keys.BeginKey(OtherTenant, row, Token));
        Assert.Null(await Store.Keys.BeginKey(Tenant, row with { Route = "POST /v1/conversations/x/messages" }, Token));
        Assert.Null(await Store.Keys.BeginKey(Tenant, row with { Key = "K" }, Token));
        Same.Value(row, await Store.Keys.BeginKey(Tenant, NewRow("k"), Token));
    }

    [Fact]
    public async Task A_key_is_renewed_only_as_it_was_read()
    {
        var row = NewRow("k");
        await Store.Keys.BeginKey(Tenant, row, Token);
        var later = Now.AddSeconds(31).AddTicks(7);

        Assert.False(await Store.Keys.RenewKey(OtherTenant, row, later, Token));
        Assert.False(await Store.Keys.RenewKey(Tenant, row with { TriedAt = row.TriedAt.AddTicks(1) }, later, Token));
        Assert.False(await Store.Keys.RenewKey(Tenant, row with { MessageId = Ids.Next(Now) }, later, Token));
        Assert.False(await Store.Keys.RenewKey(Tenant, row with { Key = "none" }, later, Token));
        var renewed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.Keys.RenewKey(Tenant, row, later, Token)));
        Assert.Single(renewed, static won => won);
        Same.Value(row with { TriedAt = later }, await Store.Keys.BeginKey(Tenant, NewRow("k"), Token));
    }

    [Fact]
    public async Task A_key_that_was_removed_is_new()
    {
        var row = NewRow("k");
        await Store.Keys.BeginKey(Tenant, row, Token);
        await Store.Keys.RemoveKey(OtherTenant, row, Token);
        await Store.Keys.RemoveKey(Tenant, row with { Key = "none" }, Token);
        Assert.NotNull(await Store.Keys.BeginKey(Tenant, row, Token));

        await Store.Keys.RemoveKey(Tenant, row, Token);
        Assert.Null(await Store.Keys.BeginKey(Tenant, NewRow("k"), Token));
    }

    [Fact]
    public async Task A_key_that_somebody_took_over_is_not_forgotten_by_the_one_who_began_it()
    {
        var row = NewRow("k");
        await Store.Keys.BeginKey(Tenant, row, Token);
        var renewed = row with { TriedAt = row.TriedAt.AddSeconds(31) };
        Assert.True(await Store.Keys.RenewKey(Tenant, row, renewed.TriedAt, Token));

        await Store.Keys.RemoveKey(Tenant, row, Token);
        Assert.Equal(row.MessageId, (await Store.Keys.BeginKey(Tenant, NewRow("k"), Token))!.MessageId);

        await Store.Keys.RemoveKey(Tenant, renewed, Token);
        Assert.Null(await Store.Keys.BeginKey(Tenant, NewRow("k"), Token));
    }

    [Fact]
    public async Task Old_keys_are_dropped_however_many_there_are()
    {
        var old = Enumerable.Range(0, 620).Select(i => (Row: NewRow($"old {i}") with { BegunAt = Now.AddTicks(-1) }, Tenant: i % 2 == 0 ? Tenant : OtherTenant));
        foreach (var some in old.Chunk(50))
        {
            await Task.WhenAll(some.Select(key => Store.Keys.BeginKey(key.Tenant, key.Row, Token)));
        }

        var young = NewRow("young");
        await Store.Keys.BeginKey(Tenant, young, Token);

        Assert.Equal(620, await Store.Keys.ExpireKeys(Now, Token));
        Assert.Equal(0, await Store.Keys.ExpireKeys(Now, Token));
        Assert.NotNull(await Store.Keys.BeginKey(Tenant, young, Token));
        Assert.Null(await Store.Keys.BeginKey(Tenant, NewRow("old 0"), Token));
    }

    private IdempotencyRow NewRow(string key) => new(
        Route, key, [1, 2, 0, 255], "5511900000000:5511980000001", Ids.Next(Now), Now, Now.AddTicks(1234567));
}
