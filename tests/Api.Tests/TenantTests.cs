using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class TenantTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task A_new_tenant_gets_a_key_a_token_and_the_address_for_its_gateway()
    {
        using var admin = _parley.Admin();
        var made = await admin.Post("/admin/tenants", new JsonObject { ["tenantId"] = "first-tenant", ["name"] = "First" });

        made.Expect(201);
        Assert.Equal("/admin/tenants/first-tenant", made.Header("Location"));
        Assert.Matches("^parley_[0-9A-Za-z]{36}$", made.Text("apiKey"));
        Assert.Equal($"{_parley.Address.ToString().TrimEnd('/')}/webhooks/evolution/{made.Text("webhookToken")}", made.Text("webhookUrl"));

        var read = (await admin.Get("/admin/tenants/first-tenant")).Expect(200);
        Assert.Equal("First", read.Text("name"));
        Assert.Single(read.Json["keys"]!.AsArray());
        Assert.DoesNotContain(made.Text("apiKey"), read.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text("webhookToken"), read.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tenantId":"Upper"}""", "invalid_request")]
    [InlineData("""{"tenantId":""}""", "invalid_request")]
    [InlineData("""{"tenantId":"a\n"}""", "invalid_request")]
    [InlineData("""{"tenantId":"a/b"}""", "invalid_request")]
    [InlineData("""{"tenantId":"ok-1","name":""}""", "invalid_request")]
    [InlineData("""{"tenantId":5}""", "malformed_json")]
    [InlineData("""{"name":"nobody"}""", "malformed_json")]
    [InlineData("""{"tenantId":null}""", "malformed_json")]
    [InlineData("""[]""", "malformed_json")]
    [InlineData("""{"tenantId":"x""", "malformed_json")]
    public async Task A_tenant_that_cannot_be_is_refused(string body, string code)
    {
        using var admin = _parley.Admin();
        (await admin.Send(HttpMethod.Post, "/admin/tenants", ParleyClient.Text(body))).Expect(400, code);
    }

    /// <summary>Nobody could reach them any more.</summary>
    [Fact]
    public async Task A_deleted_tenants_lines_end_and_others_can_have_them()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("made-1");
        var made = await gateway.InstanceOf("made-1");
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former");
        using var admin = _parley.Admin();
        Assert.Equal("adopted", await Adopt(gateway.Tenant));
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), "the webhook");

        (await admin.Delete($"/admin/tenants/{gateway.Tenant.Id}")).Expect(204);

        await Poll.Until(() => Task.FromResult(line.Webhook!.Url == $"{_parley.Address}former"), "the adopted line is as it was found");
        await Poll.Until(() => Task.FromResult(gateway.Simulated.Instances.Find(made.Name) is null), "the line that was made is gone");
        Assert.DoesNotContain(
            await admin.All("/admin/sessions", 200), s => s["tenantId"]!.GetValue<string>() == gateway.Tenant.Id);
        var heir = await _parley.NewTenant();
        await Poll.Until(async () => await Adopt(heir) == "adopted", "another tenant has the line");
        (await heir.Client.Delete("/sessions/shop-line")).Expect(204);
        await Poll.Until(async () => (await admin.Delete($"/admin/gateways/{gateway.Id}")).Status == 204, "the gateway can go");

        async Task<string> Adopt(TestTenant tenant) => (await admin.Post($"/admin/gateways/{gateway.Id}/adoptions", new JsonObject
        {
            ["instances"] = new JsonArray(new JsonObject { ["instanceName"] = "shop-line", ["tenantId"] = tenant.Id }),
            ["setWebhook"] = true,
        })).Expect(200).Data.Single()!["outcome"]!.GetValue<string>();
    }

    [Fact]
    public async Task An_id_is_given_once_also_after_the_tenant_is_deleted()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        var again = new JsonObject { ["tenantId"] = tenant.Id };
        (await admin.Post("/admin/tenants", again.DeepClone())).Expect(409, "tenant_exists");

        (await admin.Delete($"/admin/tenants/{tenant.Id}")).Expect(204);

        (await admin.Get($"/admin/tenants/{tenant.Id}")).Expect(404, "tenant_not_found");
        (await admin.Delete($"/admin/tenants/{tenant.Id}")).Expect(404, "tenant_not_found");
        (await admin.Post("/admin/tenants", again.DeepClone())).Expect(409, "tenant_exists");
        (await tenant.Client.Get("/sessions")).Expect(401);
        (await tenant.Webhook(Webhook.Text("5511987650002", "hello"))).Expect(401, "unknown_token");
        (await admin.Get("/sessions", ("Parley-Tenant", tenant.Id))).Expect(404, "tenant_not_found");
    }

    [Fact]
    public async Task Keys_are_rotated_with_two_valid_at_once()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        var second = (await admin.Post($"/admin/tenants/{tenant.Id}/keys")).Expect(201);
        (await admin.Post($"/admin/tenants/{tenant.Id}/keys")).Expect(409, "too_many_keys");

        using var newClient = _parley.With(second.Text("apiKey"));
        (await tenant.Client.Get("/sessions")).Expect(200);
        (await newClient.Get("/sessions")).Expect(200);

        var keys = (await admin.Get($"/admin/tenants/{tenant.Id}")).Json["keys"]!.AsArray();
        var first = keys.Select(key => key!["keyId"]!.GetValue<string>()).Single(id => id != second.Text("keyId"));
        (await admin.Delete($"/admin/tenants/{tenant.Id}/keys/{first}")).Expect(204);

        (await tenant.Client.Get("/sessions")).Expect(401, "unauthorized");
        (await newClient.Get("/sessions")).Expect(200);
        (await admin.Delete($"/admin/tenants/{tenant.Id}/keys/{first}")).Expect(404, "credential_not_found");
        (await admin.Post($"/admin/tenants/{tenant.Id}/keys")).Expect(201);
    }

    [Fact]
    public async Task Webhook_tokens_are_rotated_with_two_valid_at_once()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        await tenant.Accept(Webhook.Text("5511987650002", "by the first"));
        var second = (await admin.Post($"/admin/tenants/{tenant.Id}/webhook-tokens")).Expect(201);
        (await admin.Post($"/admin/tenants/{tenant.Id}/webhook-tokens")).Expect(409, "too_many_tokens");
        var renewed = tenant with { WebhookToken = second.Text("webhookToken") };
        await renewed.Accept(Webhook.Text("5511987650002", "by the second"));
        await tenant.Accept(Webhook.Text("5511987650002", "by the first"));

        (await admin.Delete($"/admin/tenants/{tenant.Id}/webhook-tokens")).Expect(204);

        (await tenant.Webhook(Webhook.Text("5511987650002", "by the first"))).Expect(401, "unknown_token");
        await renewed.Accept(Webhook.Text("5511987650002", "by the second"));
        Assert.Equal(4, (await tenant.Client.Get("/messages")).Json["pagination"]!["total"]!.GetValue<int>());

        (await admin.Delete($"/admin/tenants/{tenant.Id}/webhook-tokens/{second.Text("tokenId")}")).Expect(204);
        (await renewed.Webhook(Webhook.Text("5511987650002", "by the second"))).Expect(401, "unknown_token");
    }

    [Fact]
    public async Task The_list_of_tenants_is_read_page_by_page()
    {
        var made = new[] { await _parley.NewTenant(), await _parley.NewTenant(), await _parley.NewTenant() };
        using var admin = _parley.Admin();
        var all = await admin.All("/admin/tenants", 1);
        var ids = all.Select(tenant => tenant["tenantId"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Subset(ids.ToHashSet(StringComparer.Ordinal), made.Select(tenant => tenant.Id).ToHashSet(StringComparer.Ordinal));
    }
}
