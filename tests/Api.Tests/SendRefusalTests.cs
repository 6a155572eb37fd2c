using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>What cannot be sent is refused with its code, and nothing of it is kept.</summary>
public sealed class SendRefusalTests(SharedProcess shared)
{
    private const string To = "5511987650002";

    private static readonly string Long = new('x', 20 << 20);

    private static readonly (string Body, int Status, string Code)[] Bodies =
    [
        ("""{"to":"5511987650002","text":"x"}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","text":"x"}""", 400, "invalid_address"),
        ("""{"sessionId":"shop-1","to":"1234567","text":"x"}""", 400, "invalid_address"),
        ("""{"sessionId":"shop-1","to":"1234567890123456","text":"x"}""", 400, "invalid_address"),
        ("""{"sessionId":"shop-1","to":"abc","text":"x"}""", 400, "invalid_address"),
        ("""{"sessionId":"shop-1","to":"status@broadcast","text":"x"}""", 400, "invalid_address"),
        ("""{"sessionId":"nobody","to":"5511987650002","text":"x"}""", 404, "session_not_found"),
        ("""{"sessionId":"shop-1","to":"5511987650002"}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","poll":{"name":"a","options":["b","c"]}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":""}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"  \n"}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","poll":{"name":"a","options":["b"]}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","poll":{"name":"a","options":["b","b"]}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","poll":{"name":"a","options":["b","c"],"selectableCount":3}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","location":{"latitude":91,"longitude":0}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","contacts":[]}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","contacts":[{"name":"a","phoneNumbers":[]}]}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","contacts":[{"name":"a"}]}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","contacts":[null]}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","poll":{"name":"a","options":[null,"b"]}}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","poll":{"name":"a"}}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","mentions":["nobody"]}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","mentions":[null]}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","metadata":{"a":null}}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","contacts":[{"name":"a","phoneNumbers":[null]}]}""", 400, "*"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","quotedMessageId":""}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"AAAA","mediaId":"x","mimeType":"image/png"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"not base64!","mimeType":"image/png"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"","mimeType":"image/png"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"AAAA"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"AAAA","mimeType":"nonsense"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","sticker":{"base64":"AAAA","mimeType":"application/pdf"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","sticker":{"base64":"AAAA","mimeType":"image/webp","caption":"x"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"AAAA","mimeType":"audio/ogg","voice":true,"caption":"x"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"mediaId":"nobody"}}""", 400, "unknown_media"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"url":"ftp://example.com/a"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"url":"/etc/passwd"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"url":"file:///etc/passwd"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","media":{"url":"http://user:secret@example.com/a"}}""", 400, "invalid_request"),
        ("""{"sessionId":"shop-1","to":"5511987650002","text":"x","quotedMessageId":"0193b0a0-0000-7000-8000-000000000000"}""", 404, "message_not_found"),
        ($$"""{"sessionId":"shop-1","to":"5511987650002","contacts":[{"name":"{{Long}}","phoneNumbers":["1"]}]}""", 400, "invalid_request"),
        ($$"""{"sessionId":"shop-1","to":"5511987650002","location":{"latitude":1,"longitude":1,"name":"{{Long}}"} }""", 400, "invalid_request"),
        ($$"""{"sessionId":"shop-1","to":"5511987650002","text":"x","quotedMessageId":"{{Long}}"}""", 400, "invalid_request"),
        ($$"""{"sessionId":"shop-1","to":"5511987650002","media":{"base64":"AAAA","mimeType":"image/png","fileName":"{{Long}}"} }""", 400, "invalid_request"),
    ];

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task A_body_that_cannot_be_sent_is_refused_and_nothing_of_it_is_kept()
    {
        await using var line = await SendingLine.Open(_parley);
        var wrong = new List<string>();
        foreach (var (body, status, code) in Bodies)
        {
            var answer = await line.Client.Send(HttpMethod.Post, "/messages", ParleyClient.Text(body));
            if (answer.Status != status || (code != "*" && answer.Code != code))
            {
                wrong.Add($"{body[..Math.Min(body.Length, 200)]}: {answer.Status} {answer.Body}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(await line.Messages());
        Assert.Empty((await line.Client.Get("/conversations")).Expect(200).Data);
        Assert.DoesNotContain(line.Simulated.Requests.All, static r => r.Call.StartsWith("message/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/a.png")]
    [InlineData("http://localhost:9/a.png")]
    [InlineData("http://[::1]:9/a.png")]
    [InlineData("http://[::ffff:127.0.0.1]:9/a.png")]
    [InlineData("http://2130706433:9/a.png")]
    [InlineData("http://0x7f.1:9/a.png")]
    [InlineData("http://10.0.0.1/a.png")]
    [InlineData("http://192.168.1.1/a.png")]
    [InlineData("http://172.16.0.1/a.png")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[fe80::1]/a.png")]
    [InlineData("http://[fd00::1]/a.png")]
    [InlineData("http://0.0.0.0:9/a.png")]
    public async Task An_address_in_a_network_that_is_not_allowed_is_refused_and_the_setting_named(string url)
    {
        await using var line = await SendingLine.Open(_parley);
        var answer = (await line.Post(Media(new JsonObject { ["url"] = url }))).Expect(400, "address_not_allowed");
        Assert.Contains("Parley:AllowedPrivateNetworks", answer.Body, StringComparison.Ordinal);
        Assert.Empty(await line.Messages());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var line = await SendingLine.Open(_parley);
        using var inner = MediaServer.Start([1, 2, 3], "image/png", "127.0.0.1");
        using var outer = MediaServer.Start(response =>
        {
            response.StatusCode = (int)HttpStatusCode.Redirect;
            response.RedirectLocation = $"{inner.Url}/secret.png";
        });
        (await line.Post(Media(new JsonObject { ["url"] = $"{outer.Url}/a.png" }))).Expect(400, "media_unreachable");
        Assert.Equal((1, 0), (outer.Asked, inner.Asked));
    }

    [Fact]
    public async Task An_address_that_does_not_give_media_is_told()
    {
        await using var line = await SendingLine.Open(_parley);
        using var missing = MediaServer.Start(static response => response.StatusCode = 404);
        using var empty = MediaServer.Start([], "image/png");
        using var untyped = MediaServer.Start([1, 2, 3], null);
        using var large = MediaServer.Start(static response =>
        {
            response.ContentType = "image/png";
            response.ContentLength64 = (100L << 20) + 1;
            response.OutputStream.Write(new byte[1]);
        });
        (await line.Post(Media(new JsonObject { ["url"] = missing.Url }))).Expect(400, "media_unreachable");
        (await line.Post(Media(new JsonObject { ["url"] = empty.Url }))).Expect(400, "invalid_request");
        (await line.Post(Media(new JsonObject { ["url"] = untyped.Url }))).Expect(400, "invalid_request");
        (await line.Post(Media(new JsonObject { ["url"] = large.Url }))).Expect(413, "body_too_large");
        missing.Dispose();
        (await line.Post(Media(new JsonObject { ["url"] = missing.Url }))).Expect(400, "media_unreachable");
        Assert.Empty(await line.Messages());
    }

    [Fact]
    public async Task An_upload_is_one_file_of_at_most_100_MB()
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Send(HttpMethod.Post, "/media", ParleyClient.Text("{}"))).Expect(415, "unsupported_media_type");
        (await tenant.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { new StringContent("x"), "other" } }))
            .Expect(400, "invalid_request");
        (await tenant.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { new ByteArrayContent([]), "file", "a.png" } }))
            .Expect(400, "invalid_request");
        (await tenant.Client.Send(HttpMethod.Post, "/media", ParleyClient.Bytes("nothing of the kind"u8.ToArray(), "multipart/form-data; boundary=x")))
            .Expect(400, "invalid_request");
        var large = new ByteArrayContent(new byte[(100 << 20) + 1]);
        large.Headers.ContentType = MediaTypeHeaderValue.Parse("image/png");
        (await tenant.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { large, "file", "a.png" } }))
            .Expect(413, "body_too_large");
    }

    [Fact]
    public async Task Bounds_of_metadata_and_life_are_held()
    {
        await using var line = await SendingLine.Open(_parley);
        (await line.Post(With("metadata", Metadata(51, 1)))).Expect(400, "invalid_request");
        (await line.Post(With("metadata", Metadata(50, 90)))).Expect(400, "invalid_request");
        (await line.Post(With("expiresAt", In(TimeSpan.FromSeconds(-1))))).Expect(400, "invalid_request");
        (await line.Post(With("expiresAt", In(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1))))).Expect(400, "invalid_request");
        (await line.Post(With("expiresAt", "tomorrow"))).Expect(400, "malformed_json");
        Assert.Empty(await line.Messages());

        await line.Send(With("metadata", Metadata(50, 70)));
        await line.Send(With("expiresAt", In(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1))));
        await line.Send(With("text", new string('x', 65_536)));
        (await line.Post(With("text", new string('x', 65_537)))).Expect(400, "invalid_request");

        // A gateway would send it and then fail to keep it.
        (await line.Post(With("text", "a\0b"))).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task A_session_that_is_not_open_sends_nothing()
    {
        await using var line = await SendingLine.Open(_parley);
        (await line.Client.Post($"/sessions/{SendingLine.SessionId}/logout")).Expect(202);
        await line.Tenant.Until(SendingLine.SessionId, "close");
        (await line.Post(SendingLine.Text(To, "x"))).Expect(409, "session_not_open");
        (await line.Client.Delete($"/sessions/{SendingLine.SessionId}")).Expect(204);
        (await line.Post(SendingLine.Text(To, "x"))).Expect(404, "session_not_found");

        // Nor does one that Parley knows by its webhooks only.
        await line.Tenant.Accept(Webhook.Text(To, "hello", instance: "heard-of"));
        var body = SendingLine.Text(To, "x");
        body["sessionId"] = "heard-of";
        (await line.Post(body)).Expect(409, "session_not_open");
    }

    [Fact]
    public async Task A_conversation_whose_session_is_deleted_has_none_that_is_open()
    {
        await using var line = await SendingLine.Open(_parley);
        var id = await line.Send(To, "hello");
        await line.Until(id, "delivered");
        var path = $"/conversations/{(await line.Read(id))["conversationId"]!.GetValue<string>()}/messages";
        var (body, key) = (new JsonObject { ["text"] = "before" }, ("Idempotency-Key", Guid.NewGuid().ToString()));
        var before = (await line.Client.Post(path, body, key)).Expect(202).Text("id");
        await line.Until(before, "delivered");
        (await line.Client.Delete($"/sessions/{SendingLine.SessionId}")).Expect(204);

        (await line.Client.Post(path, new JsonObject { ["text"] = "x" })).Expect(409, "session_not_open");
        (await line.Client.Post(path, new JsonObject { ["text"] = "x", ["sessionId"] = SendingLine.SessionId })).Expect(404, "session_not_found");

        // What it took before is answered as ever.
        Assert.Equal(before, (await line.Client.Post(path, body, key)).Expect(202).Text("id"));
    }

    [Fact]
    public async Task A_session_that_is_left_stands_for_one_that_is_deleted()
    {
        await using var line = await SendingLine.Open(_parley);
        var id = await line.Send(To, "hello");
        await line.Until(id, "delivered");
        (await line.Client.Post($"/sessions/{SendingLine.SessionId}/logout")).Expect(202);
        await line.Tenant.Until(SendingLine.SessionId, "close");
        await line.Gateway.OpenSession("shop-2", line.Phone);
        var path = $"/conversations/{(await line.Read(id))["conversationId"]!.GetValue<string>()}/messages";
        var second = (await line.Client.Post(path, new JsonObject { ["text"] = "again", ["sessionId"] = "shop-2" })).Expect(202).Text("id");
        await line.Until(second, "delivered");
        (await line.Client.Delete("/sessions/shop-2")).Expect(204);

        (await line.Client.Post(path, new JsonObject { ["text"] = "x" })).Expect(409, "session_not_open");
    }

    [Fact]
    public async Task An_upload_that_does_not_say_what_it_is_needs_a_type_when_it_is_sent()
    {
        await using var line = await SendingLine.Open(_parley);
        var upload = (await line.Client.Send(
            HttpMethod.Post, "/media", new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "a.unheard" } })).Expect(201);
        Assert.Null(upload.Json["mimeType"]);
        var mediaId = upload.Text("mediaId");

        var refused = (await line.Post(Media(new JsonObject { ["mediaId"] = mediaId }))).Expect(400, "invalid_request");
        Assert.Equal("#/media/mimeType", refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        Assert.Empty(await line.Messages());
        var id = await line.Send(Media(new JsonObject { ["mediaId"] = mediaId, ["mimeType"] = "image/png" }));
        Assert.Equal("image", (await line.OnlyMessage(id))["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_belongs_to_another_tenant_is_not_there()
    {
        await using var line = await SendingLine.Open(_parley);
        var stranger = await _parley.NewTenant();
        var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.ContentType = MediaTypeHeaderValue.Parse("image/png");
        var upload = (await stranger.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { file, "file", "a.png" } })).Expect(201);
        (await line.Post(Media(new JsonObject { ["mediaId"] = upload.Text("mediaId") }))).Expect(400, "unknown_media");

        (await stranger.Client.Post("/messages", SendingLine.Text(To, "x"))).Expect(404, "session_not_found");
        await line.Simulated.StopListening();
        var id = await line.Send(To, "x");
        (await stranger.Client.Post($"/messages/{id}/cancel")).Expect(404, "message_not_found");
        (await stranger.Client.Post($"/messages/{id}/retry")).Expect(404, "message_not_found");
        (await stranger.Client.Get($"/messages/{id}")).Expect(404, "message_not_found");
        var conversation = (await line.Read(id))["conversationId"]!.GetValue<string>();
        (await stranger.Client.Post($"/conversations/{conversation}/messages", new JsonObject { ["text"] = "x" }))
            .Expect(404, "conversation_not_found");
        Assert.Equal("pending", (await line.Read(id))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_key_does_what_its_scopes_say()
    {
        await using var line = await SendingLine.Open(_parley);
        var (readId, read) = await KeyWith(line.Tenant, "read");
        using (read)
        {
            (await read.Post("/messages", SendingLine.Text(To, "x"))).Expect(403, "insufficient_scope");
            (await read.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.png" } }))
                .Expect(403, "insufficient_scope");
            (await read.Post($"/messages/{Guid.Empty}/cancel")).Expect(403, "insufficient_scope");
            (await read.Post($"/messages/{Guid.Empty}/retry")).Expect(403, "insufficient_scope");
            (await read.Post("/conversations/x/messages", new JsonObject { ["text"] = "x" })).Expect(403, "insufficient_scope");
            Assert.Empty((await read.Get("/messages")).Expect(200).Data);
        }

        using var admin = _parley.Admin();
        (await admin.Delete($"/admin/tenants/{line.Tenant.Id}/keys/{readId}")).Expect(204);
        using var send = (await KeyWith(line.Tenant, "send")).Client;
        (await send.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.png" } })).Expect(201);
        var id = (await send.Post("/messages", SendingLine.Text(To, "x"))).Expect(202).Text("id");
        await line.Until(id, "delivered");
        (await send.Post($"/messages/{id}/cancel")).Expect(409, "not_queued");
        (await send.Post($"/messages/{id}/retry")).Expect(409, "not_failed");
        (await send.Post("/sessions", line.Gateway.NewSession("shop-2"))).Expect(403, "insufficient_scope");
        (await send.Post($"/sessions/{SendingLine.SessionId}/logout")).Expect(403, "insufficient_scope");
        (await send.Delete($"/sessions/{SendingLine.SessionId}")).Expect(403, "insufficient_scope");
        (await send.Get("/messages")).Expect(403, "insufficient_scope");
    }

    [Fact]
    public async Task A_conversation_is_not_answered_from_another_line()
    {
        await using var line = await SendingLine.Open(_parley);
        await line.Gateway.OpenSession("shop-2");
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        var path = $"/conversations/{(await line.Read(id))["conversationId"]!.GetValue<string>()}/messages";

        (await line.Client.Post(path, new JsonObject { ["text"] = "x", ["sessionId"] = "shop-2" })).Expect(400, "invalid_request");
        (await line.Client.Post(path, new JsonObject { ["text"] = "x", ["sessionId"] = SendingLine.SessionId })).Expect(202);
    }

    [Fact]
    public async Task Metadata_of_a_session_has_the_same_bounds()
    {
        await using var gateway = await TestGateway.Start(_parley);
        foreach (var metadata in (string[])["""{"a":null}""", $$"""{"a":"{{new string('x', 4_096)}}"}"""])
        {
            var body = gateway.NewSession("shop");
            body["metadata"] = JsonNode.Parse(metadata);
            (await gateway.Tenant.Client.Post("/sessions", body)).Expect(400, "invalid_request");
        }
    }

    /// <summary>A second key of the tenant.</summary>
    private async Task<(string KeyId, ParleyClient Client)> KeyWith(TestTenant tenant, string scope)
    {
        using var admin = _parley.Admin();
        var made = (await admin.Post(
            $"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray(scope) })).Expect(201);
        return (made.Text("keyId"), _parley.With(made.Text("apiKey")));
    }

    private static JsonObject Media(JsonObject media) => SendingLine.Message(To, "media", media);

    private static JsonObject With(string name, JsonNode value)
    {
        var body = SendingLine.Text(To, "x");
        body[name] = value;
        return body;
    }

    private static string In(TimeSpan time) => (DateTimeOffset.UtcNow + time).ToString("O", CultureInfo.InvariantCulture);

    private static JsonObject Metadata(int count, int length) =>
        new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"k{i:00}", (JsonNode?)new string('v', length))));
}
