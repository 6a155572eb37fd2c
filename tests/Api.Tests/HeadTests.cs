using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>HEAD: what GET answers, without its body.</summary>
public sealed class HeadTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Whatever_is_read_has_a_head()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "hello"));
        var message = (await tenant.Client.Get("/messages")).Data.Single()!["id"];
        foreach (var path in (string[])
        [
            "/messages", "/messages?limit=0", $"/messages/{message}", "/messages/none", "/conversations", $"/conversations/{Webhook.Line}/{Peer}",
            "/sessions", "/nowhere", "/health/live", "/health/ready", "/openapi/v1.json",
        ])
        {
            Answer? get = null, head = null;

            // A busy machine may be ready for one of the two and not for the other.
            await Poll.Until(
                async () =>
                {
                    (get, head) = (await tenant.Client.Get(path), await Head(tenant.Client, path));
                    return path != "/health/ready" || (get.Status, head.Status) == (200, 200);
                },
                "it is ready");
            Assert.Equal((path, get!.Status, get.Header("Content-Type")), (path, head!.Status, head.Header("Content-Type")));
            Assert.Empty(head.Bytes);
        }
    }

    [Fact]
    public async Task The_head_of_media_tells_their_size_and_tag()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/jpeg", Bytes));
        var path = $"/messages/{(await tenant.Client.Get("/messages")).Data.Single()!["id"]}/media";
        var (get, head) = (await tenant.Client.Get(path), await Head(tenant.Client, path));
        Assert.Equal((200, Bytes.Length, 0), (head.Status, head.ContentHeaders.ContentLength!.Value, head.Bytes.Length));
        foreach (var header in (string[])["ETag", "Content-Type", "Content-Disposition", "Accept-Ranges", "Cache-Control"])
        {
            Assert.Equal(get.Header(header) ?? throw new InvalidOperationException(header), head.Header(header));
        }

        (await Head(tenant.Client, path, ("If-None-Match", get.Header("ETag")!))).Expect(304);

        // The connection is good for what comes next.
        Assert.Equal(Bytes, (await tenant.Client.Get(path)).Expect(200).Bytes);
    }

    [Fact]
    public async Task It_needs_what_reading_needs()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        using var nobody = _parley.With(null);
        (await Head(nobody, "/messages")).Expect(401);
        (await Head(tenant.Client, "/admin/tenants")).Expect(403);
        foreach (var (scope, status) in ((string, int)[])[("read", 200), ("send", 403)])
        {
            var made = (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray(scope) })).Expect(201);
            using var client = _parley.With(made.Text("apiKey"));
            (await Head(client, "/messages")).Expect(status);
            (await admin.Delete($"/admin/tenants/{tenant.Id}/keys/{made.Text("keyId")}")).Expect(204);
        }
    }

    [Fact]
    public async Task A_stream_has_none_and_a_page_of_the_log_has_one()
    {
        var tenant = await _parley.NewTenant();
        var stream = (await Head(tenant.Client, "/events")).Expect(405);
        Assert.Equal("GET", stream.Header("Allow"));
        (await Head(tenant.Client, "/events", ("Accept", "application/json"))).Expect(200);
    }

    [Fact]
    public async Task What_is_allowed_tells_of_it()
    {
        using var nobody = _parley.With(null);
        Assert.Equal("GET, HEAD, POST", (await nobody.Send(HttpMethod.Put, "/sessions")).Expect(405, "method_not_allowed").Header("Allow"));
        Assert.Equal("POST", (await Head(nobody, "/sessions/shop/restart")).Expect(405).Header("Allow"));
    }

    private static Task<Answer> Head(ParleyClient client, string path, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Head, path, null, headers);
}
