using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>The document tells the headers that are sent, and no others.</summary>
public sealed class HeaderTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Of_what_is_made_at_once()
    {
        var document = await DocumentedHeaders.Of(_parley);
        await using var gateway = await TestGateway.Start(_parley);
        var client = gateway.Tenant.Client;
        document.Holds("POST /sessions", (await client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201));
        document.Holds("POST /events/tickets", (await client.Post("/events/tickets")).Expect(201));
        using var form = new MultipartFormDataContent();
        form.Add(ParleyClient.Bytes([1, 2, 3], "image/png"), "file", "a.png");
        document.Holds("POST /media", (await client.Send(HttpMethod.Post, "/media", form)).Expect(201));
        var hook = document.Holds("POST /webhook-endpoints", (await client.Post("/webhook-endpoints", new JsonObject
        {
            ["url"] = $"http://{MediaServer.Host}:9",
            ["types"] = new JsonArray("session.deleted"),
        })).Expect(201));
        document.Holds("POST /webhook-endpoints/{endpointId}/replay", (await client.Post(
            $"/webhook-endpoints/{hook.Text("endpointId")}/replay", new JsonObject { ["since"] = DateTimeOffset.UtcNow.AddHours(-1) })).Expect(202));

        using var admin = _parley.Admin();
        var keys = $"/admin/tenants/{gateway.Tenant.Id}/keys";
        document.Holds("POST /admin/tenants/{tenantId}/keys", (await admin.Post(keys, new JsonObject { ["scopes"] = new JsonArray("read") })).Expect(201));
        document.Holds(
            "POST /admin/tenants/{tenantId}/webhook-tokens", (await admin.Post($"/admin/tenants/{gateway.Tenant.Id}/webhook-tokens")).Expect(201));
        document.Holds("GET /sessions", (await client.Get("/sessions")).Expect(200));
        using var nobody = _parley.With(null);
        document.Holds("GET /sessions", (await nobody.Get("/sessions")).Expect(401));
        document.Holds("GET /admin/tenants", (await nobody.Get("/admin/tenants")).Expect(401));
        document.Holds("GET /health/live", (await nobody.Get("/health/live")).Expect(200));
        document.Holds("POST /webhooks/evolution/{token}", (await gateway.Tenant.Accept(Webhook.Text("5511987650002", "hello"))).Expect(200));
    }

    [Fact]
    public async Task Of_what_is_done_later()
    {
        var document = await DocumentedHeaders.Of(_parley);
        await using var line = await SendingLine.Open(_parley);
        var (client, to) = (line.Client, TestGateway.NewPhone());
        var sent = document.Holds("POST /messages", (await line.Post(SendingLine.Text(to, "hello"))).Expect(202));
        Assert.Equal($"/messages/{sent.Text("id")}", sent.Header("Location"));
        await line.UntilNamed(sent.Text("id"));
        document.Holds("POST /sessions/{sessionId}/sync", (await client.Post("/sessions/shop-1/sync", new JsonObject())).Expect(202));

        // What waits can be taken back; what was taken back can be sent again; and there is an end to how much waits.
        await line.Simulated.StopListening();
        var conversation = $"/conversations/{Uri.EscapeDataString(sent.Text("conversationId"))}/messages";
        var waits = document.Holds(
            "POST /conversations/{conversationId}/messages", (await client.Post(conversation, new JsonObject { ["text"] = "later" })).Expect(202));
        await Poll.Until(
            async () => (await client.Post($"/messages/{waits.Text("id")}/cancel")).Status == 200, "it is taken back between two tries");
        document.Holds("POST /messages/{messageId}/retry", (await client.Post($"/messages/{waits.Text("id")}/retry")).Expect(202));
        var many = await Task.WhenAll(Enumerable.Range(0, 101).Select(_ => line.Post(SendingLine.Text(to, "hello"))));
        document.Holds("POST /messages", many.First(static answer => answer.Status == 429));
        document.Holds("POST /sessions/{sessionId}/restart", (await client.Post("/sessions/shop-1/restart")).Expect(202));
    }

    [Fact]
    public async Task Of_a_repeat_that_comes_too_early()
    {
        var document = await DocumentedHeaders.Of(_parley);
        await using var line = await SendingLine.Open(_parley);
        using var server = MediaServer.Start([1, 2, 3], "image/png", open: false);
        var body = SendingLine.Message(TestGateway.NewPhone(), "media", new JsonObject { ["url"] = server.Url });
        var first = line.Post(body.DeepClone(), ("Idempotency-Key", "one"));
        await Poll.Until(() => Task.FromResult(server.Asked == 1), "the media is asked for");
        document.Holds("POST /messages", (await line.Post(body, ("Idempotency-Key", "one"))).Expect(409, "idempotency_in_flight"));
        server.Open();
        (await first).Expect(202);
    }

    [Fact]
    public async Task Of_media()
    {
        const string Operation = "GET /messages/{messageId}/media";
        var document = await DocumentedHeaders.Of(_parley);
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Media("5511987650002", "imageMessage", "image/png", [1, 2, 3]));
        var path = $"/messages/{(await tenant.Client.Get("/messages")).Data.Single()!["id"]}/media";
        var whole = document.Holds(Operation, (await tenant.Client.Get(path)).Expect(200));
        document.Holds(Operation, (await tenant.Client.Get(path, ("Range", "bytes=1-2"))).Expect(206));
        document.Holds(Operation, (await tenant.Client.Get(path, ("If-None-Match", whole.Header("ETag")!))).Expect(304));
        var outside = document.Holds(Operation, (await tenant.Client.Get(path, ("Range", "bytes=3-"))).Expect(416, "range_not_satisfiable"));
        Assert.Equal("bytes */3", outside.Header("Content-Range"));
        await tenant.Accept(Webhook.Media("5511987650002", "videoMessage", "video/mp4", null));
        var pending = (await tenant.Client.Get("/messages?type=video")).Data.Single()!["id"];
        document.Holds(Operation, (await tenant.Client.Get($"/messages/{pending}/media")).Expect(202));
    }
}
