using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class GatewayTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task A_gateway_is_made_known_shown_changed_and_forgotten()
    {
        using var admin = _parley.Admin();
        var id = $"gw-{Guid.NewGuid().ToString("N")[..12]}";
        var body = Gateway(id, "http://127.0.0.1:9/base/");
        var made = (await admin.Post("/admin/gateways", body.DeepClone())).Expect(201);
        Assert.Equal($"/admin/gateways/{id}", made.Header("Location"));
        Assert.EndsWith($"/webhooks/evolution/{made.Text("webhookToken")}", made.Text("webhookUrl"), StringComparison.Ordinal);
        (await admin.Post("/admin/gateways", body.DeepClone())).Expect(409, "gateway_exists");

        var shown = (await admin.Get($"/admin/gateways/{id}")).Expect(200);
        Assert.Equal(("evolution", "http://127.0.0.1:9/base"), (shown.Text("kind"), shown.Text("url")));
        Assert.DoesNotContain("the-key", shown.Body, StringComparison.Ordinal);
        Assert.Contains(await admin.All("/admin/gateways", 50), g => g["gatewayId"]!.GetValue<string>() == id);

        var changed = (await admin.Send(HttpMethod.Patch, $"/admin/gateways/{id}", ParleyClient.Text("""{"url":"https://other.example","apiKey":"new"}"""))).Expect(200);
        Assert.Equal("https://other.example", changed.Text("url"));
        (await admin.Send(HttpMethod.Patch, $"/admin/gateways/{id}", ParleyClient.Text("""{"url":"ftp://x"}"""))).Expect(400, "invalid_request");

        (await admin.Delete($"/admin/gateways/{id}")).Expect(204);
        (await admin.Get($"/admin/gateways/{id}")).Expect(404, "gateway_not_found");
        (await admin.Delete($"/admin/gateways/{id}")).Expect(404, "gateway_not_found");
        using var nobody = _parley.With(null);
        (await nobody.Post($"/webhooks/evolution/{made.Text("webhookToken")}", Webhook.Text("5511987650002", "hello"))).Expect(401, "unknown_token");
    }

    [Theory]
    [InlineData("Upper", "evolution", "http://x", "k")]
    [InlineData("ok", "other", "http://x", "k")]
    [InlineData("ok", "evolution", "x", "k")]
    [InlineData("ok", "evolution", "http://user:secret@x", "k")]
    [InlineData("ok", "evolution", "http://x/?a=b", "k")]
    [InlineData("ok", "evolution", "http://x", "")]
    [InlineData("ok", "evolution", "http://x", "a\nb")]
    public async Task A_gateway_that_cannot_be_is_refused(string id, string kind, string url, string key)
    {
        using var admin = _parley.Admin();
        var body = new JsonObject { ["gatewayId"] = id, ["kind"] = kind, ["url"] = url, ["apiKey"] = key };
        (await admin.Post("/admin/gateways", body)).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task Gateways_are_the_administrators()
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Get("/admin/gateways")).Expect(403, "admin_required");
        (await tenant.Client.Post("/admin/gateways", Gateway("mine", "http://x"))).Expect(403, "admin_required");
    }

    private static JsonObject Gateway(string id, string url) =>
        new() { ["gatewayId"] = id, ["kind"] = "evolution", ["url"] = url, ["apiKey"] = "the-key" };
}
