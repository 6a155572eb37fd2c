using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class ScopeTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("read", 200, 403, 403)]
    [InlineData("send", 403, 404, 403)]
    [InlineData("manage", 403, 403, 404)]
    public async Task A_key_does_what_its_scopes_say(string scope, int read, int send, int manage)
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        var made = (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray(scope) })).Expect(201);
        Assert.Equal([scope], made.Json["scopes"]!.AsArray().Select(static s => s!.GetValue<string>()));
        using var client = _parley.With(made.Text("apiKey"));

        Expect(await client.Get("/messages"), read);
        Expect(await client.Post("/conversations/nobody/read", new JsonObject()), send);
        Expect(await client.Delete("/conversations/nobody"), manage);
        var keys = (await admin.Get($"/admin/tenants/{tenant.Id}")).Expect(200).Json["keys"]!.AsArray();
        Assert.Equal(3 + 1, keys.Sum(static k => k!["scopes"]!.AsArray().Count));
    }

    [Fact]
    public async Task Scopes_that_cannot_be_are_refused()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray() })).Expect(400, "invalid_request");
        (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray("all") })).Expect(400, "malformed_json");
    }

    private static void Expect(Answer answer, int status)
    {
        answer.Expect(status);
        if (status == 403)
        {
            answer.Expect(403, "insufficient_scope");
        }
    }
}
