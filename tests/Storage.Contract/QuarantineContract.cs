using System.Text;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Payloads that wait for a fix.</summary>
public abstract class QuarantineContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_payload_is_kept_whole()
    {
        var payload = NewPayload("no_content", "{\"é\":1}") with { Instance = null, ReceivedAt = Now.AddTicks(5) };
        Assert.Equal(payload.Id, await Store.Quarantine.Add(payload, Token));

        var read = await Store.Quarantine.ReadQuarantined(Tenant, payload.Id, Token);
        Assert.Equal(payload.Payload.ToArray(), read!.Payload.ToArray());
        Assert.Equal(payload with { Payload = default }, read with { Payload = default });
        Assert.Null(await Store.Quarantine.ReadQuarantined(OtherTenant, payload.Id, Token));
        var listed = Assert.Single((await List(null, null, new PageRequest(5))).Rows);
        Assert.True(listed.Payload.IsEmpty);
        Assert.Equal(payload with { Payload = default }, listed with { Payload = default });
    }

    [Fact]
    public async Task The_same_payload_is_kept_once()
    {
        var first = NewPayload("a", "x");
        await Store.Quarantine.Add(first, Token);
        Assert.Equal(first.Id, await Store.Quarantine.Add(NewPayload("a", "x"), Token));
        await Store.Quarantine.Add(NewPayload("b", "x"), Token);
        await Store.Quarantine.Add(NewPayload("a", "y"), Token);
        await Store.Quarantine.Add(NewPayload("a", "x") with { TenantId = OtherTenant }, Token);

        Assert.Equal(3, (await List(null, null, new PageRequest(9))).Rows.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(50)]
    public async Task Lists_show_the_newest_first_with_filters(int limit)
    {
        var all = new List<QuarantinedPayload>();
        for (var i = 0; i < 10; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            all.Insert(0, NewPayload(i % 2 == 0 ? "even" : "odd", $"{i}"));
            await Store.Quarantine.Add(all[0], Token);
        }

        foreach (var code in new[] { null, "even", "odd", "none" })
        {
            foreach (var since in new[] { null, (DateTimeOffset?)Now.AddMinutes(-4) })
            {
                var expected = all.Where(p => (code is null || p.Code == code) && (since is null || p.ReceivedAt >= since)).Select(p => p.Id);
                Assert.Equal(expected, (await Pages.Forwards(page => List(code, since, page), limit)).Select(p => p.Id));
                Assert.Equal(expected, (await Pages.Backwards(page => List(code, since, page), limit)).Select(p => p.Id));
            }
        }
    }

    [Fact]
    public async Task Payloads_are_removed_and_expire()
    {
        var old = NewPayload("a", "1");
        await Store.Quarantine.Add(old, Token);
        var removed = NewPayload("a", "2");
        await Store.Quarantine.Add(removed, Token);
        await Store.Quarantine.RemoveQuarantined(OtherTenant, removed.Id, Token);
        Assert.NotNull(await Store.Quarantine.ReadQuarantined(Tenant, removed.Id, Token));
        await Store.Quarantine.RemoveQuarantined(Tenant, removed.Id, Token);
        Time.Advance(TimeSpan.FromDays(1));
        var young = NewPayload("a", "3");
        await Store.Quarantine.Add(young, Token);

        Assert.Equal(1, await Store.Quarantine.ExpireQuarantined(Now, Token));
        Assert.Equal(young.Id, Assert.Single((await List(null, null, new PageRequest(9))).Rows).Id);
    }

    /// <summary>Small, and around the sizes at which a store may keep it another way: a document of MongoDB holds 16 MB.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1_048_576)]
    [InlineData(1_048_577)]
    [InlineData(5_000_000)]
    [InlineData(20_000_000)]
    public async Task A_payload_of_any_size_is_kept_once_and_whole(int size)
    {
        var payload = Large(size);
        Assert.Equal(payload.Id, await Store.Quarantine.Add(payload, Token));
        Assert.Equal(payload.Id, await Store.Quarantine.Add(Large(size), Token));

        var read = (await Store.Quarantine.ReadQuarantined(Tenant, payload.Id, Token))!;
        Assert.True(payload.Payload.Span.SequenceEqual(read.Payload.Span));
        Assert.Equal(payload with { Payload = default }, read with { Payload = default });
        var listed = Assert.Single((await List("large", null, new PageRequest(9))).Rows);
        Assert.Equal(payload with { Payload = default }, listed);

        await Store.Quarantine.RemoveQuarantined(Tenant, payload.Id, Token);
        Assert.Null(await Store.Quarantine.ReadQuarantined(Tenant, payload.Id, Token));

        // What was removed may come again.
        var again = Large(size);
        Assert.Equal(again.Id, await Store.Quarantine.Add(again, Token));
        Assert.Equal(size, (await Store.Quarantine.ReadQuarantined(Tenant, again.Id, Token))!.Payload.Length);
    }

    [Fact]
    public async Task Large_payloads_expire_with_the_small_ones()
    {
        await Store.Quarantine.Add(Large(2_000_000), Token);
        await Store.Quarantine.Add(NewPayload("a", "1"), Token);
        Time.Advance(TimeSpan.FromDays(1));
        var young = Large(2_000_001);
        await Store.Quarantine.Add(young, Token);

        Assert.Equal(2, await Store.Quarantine.ExpireQuarantined(Now, Token));
        Assert.Equal(young.Id, Assert.Single((await List(null, null, new PageRequest(9))).Rows).Id);
        Assert.Equal(2_000_001, (await Store.Quarantine.ReadQuarantined(Tenant, young.Id, Token))!.Payload.Length);
    }

    [Fact]
    public async Task Of_many_at_once_with_the_same_large_payload_one_is_kept()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.Quarantine.Add(Large(2_000_000), Token)));

        var kept = Assert.Single(ids.Distinct());
        Assert.Equal(kept, Assert.Single((await List(null, null, new PageRequest(9))).Rows).Id);
        Assert.Equal(2_000_000, (await Store.Quarantine.ReadQuarantined(Tenant, kept, Token))!.Payload.Length);
    }

    private QuarantinedPayload Large(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return NewPayload("large", "") with { Payload = bytes, Size = size };
    }

    private QuarantinedPayload NewPayload(string code, string body) => new(
        Ids.Next(Now), Tenant, code, "Why.", "instance", "messages.upsert", Now, body.Length, Encoding.UTF8.GetBytes(body));

    private Task<Page<QuarantinedPayload>> List(string? code, DateTimeOffset? since, PageRequest page) =>
        Store.Quarantine.ListQuarantined(Tenant, code, since, page, Token);
}
