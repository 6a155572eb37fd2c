using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Webhooks;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Endpoints, their places, and the log of their deliveries.</summary>
public abstract class WebhookEndpointContract(IStoreFixture fixture) : StoreTests(fixture)
{
    private const int Bound = 50;

    private int _last;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await CreateTenant(Tenant);
        await CreateTenant(OtherTenant);
    }

    [Fact]
    public async Task An_endpoint_comes_back_with_every_field()
    {
        var endpoint = Full(NewEndpoint());
        Assert.True(await Store.Endpoints.CreateEndpoint(endpoint, Bound, Token));
        Assert.False(await Store.Endpoints.CreateEndpoint(endpoint, Bound, Token));

        Same.Value(endpoint, await Store.Endpoints.ReadEndpoint(Tenant, endpoint.EndpointId, Token));
        Assert.Null(await Store.Endpoints.ReadEndpoint(OtherTenant, endpoint.EndpointId, Token));
        Assert.Null(await Store.Endpoints.ReadEndpoint(WebhookEndpoint.AllTenants, endpoint.EndpointId, Token));
        Assert.False(await Store.Endpoints.DeleteEndpoint(OtherTenant, endpoint.EndpointId, Token));
        Assert.True(await Store.Endpoints.DeleteEndpoint(Tenant, endpoint.EndpointId, Token));
        Assert.False(await Store.Endpoints.DeleteEndpoint(Tenant, endpoint.EndpointId, Token));
        Assert.Null(await Store.Endpoints.ReadEndpoint(Tenant, endpoint.EndpointId, Token));
    }

    [Fact]
    public async Task An_owner_has_no_more_than_its_bound_also_when_several_are_made_at_once()
    {
        await Store.Endpoints.CreateEndpoint(NewEndpoint(OtherTenant), 1, Token);
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => NewEndpoint()).ToList()
            .Select(endpoint => Store.Endpoints.CreateEndpoint(endpoint, 3, Token)));

        Assert.Equal(3, made.Count(created => created));
        var kept = await Store.Endpoints.ListEndpoints(Tenant, new PageRequest(10), Token);
        Assert.Equal((3, 3L), (kept.Rows.Count, kept.Total));
        Assert.True(await Store.Endpoints.CreateEndpoint(NewEndpoint(WebhookEndpoint.AllTenants), 1, Token));
        await Store.Endpoints.DeleteEndpoint(Tenant, kept.Rows[0].EndpointId, Token);
        Assert.True(await Store.Endpoints.CreateEndpoint(NewEndpoint(), 3, Token));
    }

    [Fact]
    public async Task A_change_is_made_only_of_the_version_before_with_all_that_belongs_to_it()
    {
        var first = await Create();
        var changes = Enumerable.Range(0, 6).Select(i => first with { Version = 2, Url = $"https://{i}.example/", Told = 1 }).ToList();
        var deliveries = changes.Select(change => NewDelivery(change)).ToList();
        var made = await Task.WhenAll(changes.Select((change, i) => Store.Endpoints.UpdateEndpoint(change, [deliveries[i]], Told(1), Token)));

        var won = Assert.Single(Enumerable.Range(0, 6).Where(i => made[i]));
        Same.Value(changes[won], await Store.Endpoints.ReadEndpoint(Tenant, first.EndpointId, Token));
        Same.Value(deliveries[won], Assert.Single((await Deliveries(first)).Rows));
        var told = Assert.Single(await Events());
        Assert.Equal((first.EndpointId, EventType.EndpointDisabled, 1L), (told.Subject, told.Facts.Type, told.Facts.Number));
        Assert.False(await Store.Endpoints.UpdateEndpoint(first with { Version = 2 }, [], null, Token));
        Assert.False(await Store.Endpoints.UpdateEndpoint(first with { Version = 4 }, [], null, Token));
        Assert.False(await Store.Endpoints.UpdateEndpoint(NewEndpoint() with { Version = 2 }, [NewDelivery(first)], Told(2), Token));
        Assert.True(await Store.Endpoints.UpdateEndpoint(first with { Version = 3, Told = 2 }, [], Told(2), Token));
        Assert.Equal([1, 2], (await Events()).Select(e => e.Facts.Number));
        Assert.Single((await Deliveries(first)).Rows);
    }

    [Fact]
    public async Task What_is_told_of_an_endpoint_stands_in_line_with_the_tenants_other_events()
    {
        var endpoint = await Create();
        await Say(NewTalk(), 2);
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, [], Told(1), Token);
        await Store.NumberEvents(Token);
        await Say(NewTalk(2), 1);

        Assert.Equal([1, 2, 3, 4], (await Events()).Select(e => e.Position));
        Assert.Equal(endpoint.EndpointId, (await Events())[2].Subject);
        Assert.Equal(3, (await Events())[2].Running);
    }

    [Fact]
    public async Task An_administrators_endpoint_has_no_log()
    {
        var endpoint = await Create(WebhookEndpoint.AllTenants);
        Assert.True(await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, [NewDelivery(endpoint)], null, Token));
        Assert.Single((await Deliveries(endpoint)).Rows);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Endpoints.UpdateEndpoint(endpoint with { Version = 3 }, [], Told(1), Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Endpoints_are_listed_in_the_order_of_their_creation(int limit)
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await Create()).EndpointId);
            await Create(i % 2 == 0 ? OtherTenant : WebhookEndpoint.AllTenants);
        }

        Task<Page<WebhookEndpoint>> List(PageRequest page) => Store.Endpoints.ListEndpoints(Tenant, page, Token);
        Assert.Equal(ids, (await Pages.Forwards(List, limit)).Select(endpoint => endpoint.EndpointId));
        Assert.Equal(ids, (await Pages.Backwards(List, limit)).Select(endpoint => endpoint.EndpointId));
    }

    [Fact]
    public async Task Endpoints_that_are_not_disabled_are_walked_over_all_owners()
    {
        await CreateTenant("acme-2");
        await CreateTenant("acme2");
        var all = new List<WebhookEndpoint>();
        foreach (var owner in new[] { WebhookEndpoint.AllTenants, "acme", "acme-2", "acme2" })
        {
            for (var i = 0; i < 3; i++)
            {
                all.Add(await Create(owner));
            }
        }

        await Store.Endpoints.UpdateEndpoint(all[4] with { Version = 2, Status = EndpointStatus.Disabled }, [], null, Token);
        await Store.Endpoints.UpdateEndpoint(all[5] with { Version = 2, Status = EndpointStatus.Disabled }, [], null, Token);
        await Store.Endpoints.UpdateEndpoint(all[5] with { Version = 3, Status = EndpointStatus.Paused }, [], null, Token);
        await Store.Endpoints.DeleteEndpoint(all[7].OwnerId, all[7].EndpointId, Token);

        var walked = new List<string>();
        (string, string)? after = null;
        while (await Store.Endpoints.ListLiveEndpoints(after, 4, Token) is { Count: > 0 } page)
        {
            walked.AddRange(page.Select(endpoint => endpoint.EndpointId));
            after = (page[^1].OwnerId, page[^1].EndpointId);
        }

        Assert.Equal(all.Where((_, i) => i is not (4 or 7)).Select(endpoint => endpoint.EndpointId), walked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Deliveries_are_listed_newest_first_also_of_one_status(int limit)
    {
        var endpoint = await Create();
        var other = await Create();
        var deliveries = new List<Delivery>();
        for (var i = 0; i < 10; i++)
        {
            deliveries.Add(NewDelivery(endpoint, (DeliveryStatus)(i % 3)));
        }

        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, deliveries, null, Token);
        await Store.Endpoints.UpdateEndpoint(other with { Version = 2 }, [NewDelivery(other)], null, Token);
        deliveries.Reverse();
        foreach (var status in new DeliveryStatus?[] { null, DeliveryStatus.Pending, DeliveryStatus.Delivered, DeliveryStatus.Failed })
        {
            Task<Page<Delivery>> List(PageRequest page) => Store.Endpoints.ListDeliveries(Tenant, endpoint.EndpointId, status, page, Token);
            var expected = deliveries.Where(delivery => status is null || delivery.Status == status).Select(delivery => delivery.DeliveryId);
            Assert.Equal(expected, (await Pages.Forwards(List, limit)).Select(delivery => delivery.DeliveryId));
            Assert.Equal(expected, (await Pages.Backwards(List, limit)).Select(delivery => delivery.DeliveryId));
        }
    }

    [Fact]
    public async Task A_delivery_is_replaced_under_its_id()
    {
        var endpoint = await Create();
        var delivery = NewDelivery(endpoint);
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, [delivery], null, Token);
        var done = delivery with
        {
            Status = DeliveryStatus.Delivered,
            Attempts = [new DeliveryAttempt(Now, null, "timeout", 15_000), new DeliveryAttempt(Now.AddTicks(7), 204, null, 12)],
            NextAttemptAt = null,
            UpdatedAt = Now.AddMinutes(1),
        };
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 3 }, [done], null, Token);

        Same.Value(done, await Store.Endpoints.ReadDelivery(Tenant, endpoint.EndpointId, delivery.DeliveryId, Token));
        Assert.Null(await Store.Endpoints.ReadDelivery(OtherTenant, endpoint.EndpointId, delivery.DeliveryId, Token));
        Assert.Single((await Deliveries(endpoint)).Rows);
        Assert.Empty((await Deliveries(endpoint, DeliveryStatus.Pending)).Rows);
    }

    [Fact]
    public async Task An_endpoint_goes_with_its_deliveries()
    {
        var endpoint = await Create();
        var other = await Create();
        for (var version = 2; version < 5; version++)
        {
            var many = Enumerable.Range(0, 400).Select(i => NewDelivery(endpoint, (DeliveryStatus)(i % 3))).ToList();
            Assert.True(await Store.Endpoints.UpdateEndpoint(endpoint with { Version = version }, many, null, Token));
        }

        await Store.Endpoints.UpdateEndpoint(other with { Version = 2 }, [NewDelivery(other)], null, Token);
        Assert.True(await Store.Endpoints.DeleteEndpoint(Tenant, endpoint.EndpointId, Token));

        Assert.Empty((await Deliveries(endpoint)).Rows);
        Assert.Empty((await Deliveries(endpoint, DeliveryStatus.Failed)).Rows);
        Assert.Single((await Deliveries(other)).Rows);
        Assert.False(await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 5 }, [NewDelivery(endpoint)], Told(1), Token));
        Assert.Empty((await Deliveries(endpoint)).Rows);
        Assert.Empty(await Events());
    }

    [Fact]
    public async Task What_is_old_and_waits_no_more_expires()
    {
        var endpoint = await Create();
        var old = Enumerable.Range(0, 1200).Select(i => NewDelivery(endpoint, (DeliveryStatus)(i % 3))).ToList();
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, old, null, Token);
        Time.Advance(TimeSpan.FromDays(7));
        var young = NewDelivery(endpoint, DeliveryStatus.Failed);
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 3 }, [young], null, Token);

        Assert.Equal(0, await Store.Endpoints.ExpireDeliveries(Now.AddDays(-7), Token));
        Assert.Equal(800, await Store.Endpoints.ExpireDeliveries(Now, Token));
        Assert.Equal(young.DeliveryId, Assert.Single((await Deliveries(endpoint, DeliveryStatus.Failed)).Rows).DeliveryId);
        Assert.Empty((await Deliveries(endpoint, DeliveryStatus.Delivered)).Rows);
        Assert.Equal(200, (await Deliveries(endpoint, DeliveryStatus.Pending)).Rows.Count);
    }

    [Fact]
    public async Task Only_a_tenant_that_lives_gets_an_endpoint()
    {
        Assert.False(await Store.Endpoints.CreateEndpoint(NewEndpoint("none"), Bound, Token));
        await Store.Tenants.DeleteTenant(Tenant, Now, Token);

        Assert.False(await Store.Endpoints.CreateEndpoint(NewEndpoint(), Bound, Token));
        Assert.Empty((await Store.Endpoints.ListEndpoints(Tenant, new PageRequest(10), Token)).Rows);
        Assert.True(await Store.Endpoints.CreateEndpoint(NewEndpoint(WebhookEndpoint.AllTenants), Bound, Token));
        Assert.True(await Store.Endpoints.CreateEndpoint(NewEndpoint(OtherTenant), Bound, Token));
    }

    [Fact]
    public async Task No_endpoint_outlives_its_tenant_also_when_it_is_made_while_that_is_deleted()
    {
        for (var i = 0; i < 10; i++)
        {
            var tenantId = $"{Tenant}-{i}";
            await CreateTenant(tenantId);
            await Task.WhenAll(
                Store.Endpoints.CreateEndpoint(NewEndpoint(tenantId), Bound, Token), Store.Tenants.DeleteTenant(tenantId, Now, Token));

            Assert.Empty((await Store.Endpoints.ListEndpoints(tenantId, new PageRequest(10), Token)).Rows);
        }
    }

    [Fact]
    public async Task A_tenants_endpoints_go_with_it_and_what_waited_for_them_expires()
    {
        var endpoint = await Create();
        var others = await Create(OtherTenant);
        await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 2 }, [NewDelivery(endpoint)], null, Token);
        await Store.Endpoints.UpdateEndpoint(others with { Version = 2 }, [NewDelivery(others)], null, Token);
        Assert.True(await Store.Tenants.DeleteTenant(Tenant, Now, Token));

        Assert.Null(await Store.Endpoints.ReadEndpoint(Tenant, endpoint.EndpointId, Token));
        Assert.Equal(others.EndpointId, Assert.Single(await Store.Endpoints.ListLiveEndpoints(null, 10, Token)).EndpointId);
        Assert.False(await Store.Endpoints.UpdateEndpoint(endpoint with { Version = 3 }, [], null, Token));
        Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await Store.Endpoints.ExpireDeliveries(Now.AddDays(-7), Token));
        Assert.Empty((await Deliveries(endpoint)).Rows);
        Assert.Single((await Deliveries(others)).Rows);
    }

    private async Task CreateTenant(string tenantId)
    {
        Assert.True(await Store.Tenants.Create(
            new Tenant(tenantId, "Name", Now), NewCredential(CredentialKind.ApiKey), NewCredential(CredentialKind.WebhookToken), Token));

        Credential NewCredential(CredentialKind kind) =>
            new(kind.ToString(), tenantId, kind, [(byte)kind, .. System.Text.Encoding.ASCII.GetBytes(tenantId)], "hint", Now);
    }

    private static WebhookEndpoint Full(WebhookEndpoint endpoint) => endpoint with
    {
        Types = [EventType.MessageCreated, EventType.SessionDeleted],
        Origins = [MessageOrigin.History, MessageOrigin.Live],
        Description = "é \"x\" 👍",
        Secrets = [new EndpointSecret("new"), new EndpointSecret("old", endpoint.CreatedAt.AddDays(1))],
        Status = EndpointStatus.Paused,
        StatusReason = "failing",
        UpdatedAt = endpoint.CreatedAt.AddTicks(3),
        Told = 4,
        Place = new DeliveryPlace
        {
            Done = [3, 0, 9_000_000_000],
            Waiting = [new WaitingSubject(2, Tenant, "1:2", 8, Guid.CreateVersion7(), 3, endpoint.CreatedAt.AddTicks(9))],
            FailuresInARow = 3,
        },
    };

    private static EventFacts Told(long number) => new()
    {
        Type = EventType.EndpointDisabled,
        Number = number,
        At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Reason = "gone",
    };

    private async Task<WebhookEndpoint> Create(string ownerId = Tenant)
    {
        var endpoint = NewEndpoint(ownerId);
        Assert.True(await Store.Endpoints.CreateEndpoint(endpoint, Bound, Token));
        return endpoint;
    }

    private WebhookEndpoint NewEndpoint(string ownerId = Tenant) => new()
    {
        OwnerId = ownerId,
        EndpointId = "ep_" + Ids.Next(Now.AddSeconds(++_last)).ToString("N"),
        Version = 1,
        Url = "https://receiver.example/hook?a=b",
        Secrets = [new EndpointSecret("secret")],
        CreatedAt = Now.AddTicks(1234567),
        UpdatedAt = Now,
        Place = new DeliveryPlace { Done = [0] },
    };

    private Delivery NewDelivery(WebhookEndpoint endpoint, DeliveryStatus status = DeliveryStatus.Pending) => new()
    {
        DeliveryId = Ids.Next(Now.AddSeconds(++_last)),
        OwnerId = endpoint.OwnerId,
        EndpointId = endpoint.EndpointId,
        TenantId = Tenant,
        Position = 7,
        EventId = "e",
        Type = EventType.MessageCreated,
        Status = status,
        Attempts = [new DeliveryAttempt(Now, 500, "status", 12)],
        NextAttemptAt = status == DeliveryStatus.Pending ? Now.AddSeconds(5) : null,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    private Task<Page<Delivery>> Deliveries(WebhookEndpoint endpoint, DeliveryStatus? status = null) =>
        Store.Endpoints.ListDeliveries(endpoint.OwnerId, endpoint.EndpointId, status, new PageRequest(200), Token);
}
