using System.Text;

namespace Parley.Api.Tests;

public sealed class ProblemTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Every_error_is_a_problem_with_a_stable_code()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        using var nobody = _parley.With(null);
        var large = ParleyClient.Text($$"""{"tenantId":"{{new string('x', 2_000_000)}}"}""");
        (Answer Answer, int Status, string Code)[] errors =
        [
            (await nobody.Get("/nowhere"), 404, "route_not_found"),
            (await nobody.Get("/conversations/a/b/c/d/e"), 404, "route_not_found"),
            (await nobody.Send(HttpMethod.Put, "/sessions"), 405, "method_not_allowed"),
            (await nobody.Delete("/conversations/x/messages"), 405, "method_not_allowed"),
            (await nobody.Get("/quarantine/replay"), 405, "method_not_allowed"),
            (await nobody.Get("/sessions"), 401, "unauthorized"),
            (await tenant.Client.Get("/admin/tenants"), 403, "admin_required"),
            (await admin.Get("/sessions"), 400, "tenant_required"),
            (await admin.Send(HttpMethod.Post, "/admin/tenants", ParleyClient.Text("tenantId=x", "application/x-www-form-urlencoded")), 415, "unsupported_media_type"),
            (await admin.Send(HttpMethod.Post, "/admin/tenants", ParleyClient.Text("{")), 400, "malformed_json"),
            (await admin.Send(HttpMethod.Post, "/admin/tenants"), 400, "malformed_json"),
            (await admin.Send(HttpMethod.Post, "/admin/tenants", large), 413, "body_too_large"),
            (await tenant.Client.Get("/sessions/none"), 404, "session_not_found"),
            (await tenant.Client.Get("/sessions/none/transitions"), 404, "session_not_found"),
            (await tenant.Client.Get("/conversations/none"), 404, "conversation_not_found"),
            (await tenant.Client.Get("/conversations/5511987650001/nobody"), 400, "invalid_address"),
            (await tenant.Client.Get("/conversations/5511987650001/5511987650009"), 404, "conversation_not_found"),
            (await tenant.Client.Get("/messages/none"), 404, "message_not_found"),
            (await tenant.Client.Get($"/messages/{Guid.NewGuid()}/media"), 404, "message_not_found"),
            (await tenant.Client.Get("/quarantine/none"), 404, "quarantine_not_found"),
            (await tenant.Client.Get("/messages?limit=0"), 400, "invalid_request"),
            (await tenant.Client.Get("/messages?type=song"), 400, "invalid_request"),
            (await tenant.Client.Get("/messages?cursor=x"), 400, "bad_cursor"),
            (await nobody.Send(HttpMethod.Post, "/webhooks/evolution/none", ParleyClient.Text("{}")), 401, "unknown_token"),
            (await tenant.Raw(Encoding.UTF8.GetBytes("nothing")), 400, "invalid_webhook"),
        ];
        foreach (var (answer, status, code) in errors)
        {
            answer.Expect(status, code);
            Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType?.MediaType);
            Assert.Equal($"urn:parley:problem:{code}", answer.Text("type"));
            Assert.Equal(status, answer.Number("status"));
            Assert.NotEmpty(answer.Text("title"));
            Assert.Equal(answer.Header("X-Request-Id"), answer.Text("requestId"));
            Assert.Equal($"urn:parley:request:{answer.Text("requestId")}", answer.Text("instance"));
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.DoesNotContain(" at Parley", answer.Body, StringComparison.Ordinal);
        }

        Assert.Equal("GET, HEAD, POST", (await nobody.Send(HttpMethod.Put, "/sessions")).Header("Allow"));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_answered_while_it_is_still_sent()
    {
        // Each on a connection of its own: a reset hits now and then only.
        var body = $$"""{"tenantId":"{{new string('x', 2_000_000)}}"}""";
        foreach (var key in Enumerable.Repeat((string?[])[ParleyProcess.AdminKey, null], 40).SelectMany(static keys => keys))
        {
            using var client = _parley.With(key);
            var answer = await client.Send(HttpMethod.Post, "/admin/tenants", ParleyClient.Text(body));
            Assert.Equal(key is null ? 401 : 413, answer.Status);
        }
    }

    [Fact]
    public async Task A_wrong_place_in_a_request_is_named()
    {
        var tenant = await _parley.NewTenant();
        var parameter = (await tenant.Client.Get("/messages?since=yesterday")).Expect(400, "invalid_request");
        Assert.Equal("since", parameter.Json["errors"]![0]!["parameter"]!.GetValue<string>());
        await tenant.Accept(Webhook.Text("5511987650002", "hello"));
        var body = await tenant.Client.Send(
            HttpMethod.Post, "/conversations/5511987650001/5511987650002/read", ParleyClient.Text("""{"sequence":"one"}"""));
        body.Expect(400, "malformed_json");
        Assert.Equal("#/sequence", body.Json["errors"]![0]!["pointer"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/sessions/shop/number-checks", """{"numbers":["5511987650002",[5]]}""", "#/numbers/1")]
    [InlineData("/messages", """{"metadata":{"a.b":5}}""", "#/metadata/a.b")]
    [InlineData("/messages", """{"metadata":{"a/b~c d":5}}""", "#/metadata/a~1b~0c%20d")]
    [InlineData("/messages", """{"metadata":{"[0]'":5}}""", "#/metadata/%5B0%5D%27")]
    [InlineData("/messages", """{"contacts":[{"name":"a","phoneNumbers":["1"]},{"name":"b","phoneNumbers":["1",{}]}]}""", "#/contacts/1/phoneNumbers/1")]
    public async Task A_place_in_a_body_is_a_json_pointer(string path, string body, string pointer)
    {
        var tenant = await _parley.NewTenant();
        var answer = (await tenant.Client.Send(HttpMethod.Post, path, ParleyClient.Text(body))).Expect(400, "malformed_json");
        Assert.Equal(pointer, answer.Json["errors"]![0]!["pointer"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_request_id_is_taken_over_when_it_is_sane()
    {
        using var nobody = _parley.With(null);
        Assert.Equal("order-17.b_2", (await nobody.Get("/nowhere", ("X-Request-Id", "order-17.b_2"))).Text("requestId"));
        Assert.Equal("ok-1", (await nobody.Get("/health/live", ("X-Request-Id", "ok-1"))).Header("X-Request-Id"));
        foreach (var bad in (string[])["a b", "a\"b", new string('x', 129), "<script>"])
        {
            var given = (await nobody.Get("/health/live", ("X-Request-Id", bad))).Header("X-Request-Id");
            Assert.Matches("^[0-9a-f]{32}$", given);
        }
    }
}
