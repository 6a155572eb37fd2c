using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class JwtTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task A_token_of_the_identity_provider_stands_for_its_tenant()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            "--Parley:Jwt:Issuer",
            "https://id.example",
            "--Parley:Jwt:Audience",
            "parley",
            "--Parley:Jwt:Secrets:0",
            Convert.ToBase64String(Secret));
        var (tenant, other) = (await parley.NewTenant(), await parley.NewTenant());
        await tenant.Accept(Webhook.Text("5511987650002", "hello"));

        using var good = parley.With(Token(Claims(tenant.Id)));
        Assert.Single((await good.Get("/messages")).Expect(200).Data);
        (await good.Get("/admin/tenants")).Expect(403, "admin_required");
        (await good.Get("/messages", ("Parley-Tenant", other.Id))).Expect(404, "tenant_not_found");
        Assert.Single((await tenant.Client.Get("/messages")).Expect(200).Data);

        foreach (var claims in (JsonObject[])
        [
            Claims("nobody"),
            With(Claims(tenant.Id), "aud", "others"),
            With(Claims(tenant.Id), "iss", "https://other.example"),
            With(Claims(tenant.Id), "exp", 1_700_000_000),
            With(Claims(tenant.Id), "exp", null),
            With(Claims(tenant.Id), "tenant_id", null),
        ])
        {
            using var bad = parley.With(Token(claims));
            (await bad.Get("/messages")).Expect(401, "unauthorized");
        }

        using var forged = parley.With(Token(Claims(tenant.Id))[..^4] + "AAAA");
        (await forged.Get("/messages")).Expect(401, "unauthorized");
        using var unsigned = parley.With(Token(Claims(tenant.Id), "none"));
        (await unsigned.Get("/messages")).Expect(401, "unauthorized");
    }

    [Theory]
    [InlineData("""["openid","read"]""", 200, 403)]
    [InlineData("""["openid profile","read send"]""", 200, 404)]
    [InlineData("\"openid send\"", 403, 404)]
    [InlineData("""["openid","profile"]""", 200, 404)]
    public async Task A_token_may_do_what_its_scopes_say_in_a_list_or_not(string scope, int read, int send)
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            "--Parley:Jwt:Issuer",
            "https://id.example",
            "--Parley:Jwt:Audience",
            "parley",
            "--Parley:Jwt:Secrets:0",
            Convert.ToBase64String(Secret));
        var tenant = await parley.NewTenant();
        using var client = parley.With(Token(With(Claims(tenant.Id), "scope", JsonNode.Parse(scope))));
        (await client.Get("/messages")).Expect(read);
        (await client.Post("/conversations/nobody/read", new JsonObject())).Expect(send);
    }

    [Fact]
    public async Task A_token_counts_for_its_tenants_quota()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            "--Parley:Jwt:Issuer",
            "https://id.example",
            "--Parley:Jwt:Audience",
            "parley",
            "--Parley:Jwt:Secrets:0",
            Convert.ToBase64String(Secret),
            "--Parley:Quota:RequestsPerMinute",
            "2");
        var tenant = await parley.NewTenant();
        using var good = parley.With(Token(Claims(tenant.Id)));
        Assert.Equal("\"tenant\";r=1;t=31", (await good.Get("/messages")).Expect(200).Header("RateLimit"));
        Assert.Equal("\"tenant\";r=0;t=31", (await tenant.Client.Get("/messages")).Expect(200).Header("RateLimit"));
        (await good.Get("/messages")).Expect(429, "quota_exceeded");
    }

    [Fact]
    public async Task A_ticket_does_not_outlive_the_token_that_asked_for_it_and_neither_does_its_stream()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            "--Parley:Jwt:Issuer",
            "https://id.example",
            "--Parley:Jwt:Audience",
            "parley",
            "--Parley:Jwt:Secrets:0",
            Convert.ToBase64String(Secret),
            "--Parley:Events:Heartbeat",
            "00:00:00.3");
        var tenant = await parley.NewTenant();

        // What takes time once must not take that of the token.
        using var before = parley.With(Token(Claims(tenant.Id)));
        var first = (await before.Post("/events/tickets")).Expect(201).Text("ticket");
        await using (await EventReader.Open(parley, null, $"/events?ticket={first}"))
        {
        }

        var ends = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddSeconds(11).ToUnixTimeSeconds());
        using var briefly = parley.With(Token(With(Claims(tenant.Id), "exp", ends.ToUnixTimeSeconds())));
        var made = (await briefly.Post("/events/tickets")).Expect(201);
        Assert.Equal(ends, made.Json["expiresAt"]!.GetValue<DateTimeOffset>());
        await using var reader = await EventReader.Open(parley, null, $"/events?ticket={made.Text("ticket")}");
        Assert.NotNull(await reader.NextFrame());
        while (await reader.NextFrame() is { } frame)
        {
            Assert.Null(frame.Event);
        }

        // Its end was that of the token, not of anything else.
        Assert.InRange(DateTimeOffset.UtcNow, ends, ends.AddSeconds(10));
        using var nobody = parley.With(null);
        (await nobody.Get($"/events?ticket={made.Text("ticket")}", ("Accept", "application/json"))).Expect(401, "unauthorized");

        // One that lives for long gives tickets of the usual life, whose streams go on when they end.
        using var longer = parley.With(Token(With(Claims(tenant.Id), "exp", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds())));
        var usual = (await longer.Post("/events/tickets")).Expect(201).Json["expiresAt"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow;
        Assert.InRange(usual, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    private static JsonObject Claims(string tenantId) => new()
    {
        ["iss"] = "https://id.example",
        ["aud"] = "parley",
        ["sub"] = "somebody",
        ["tenant_id"] = tenantId,
        ["exp"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds(),
    };

    private static JsonObject With(JsonObject claims, string name, JsonNode? value)
    {
        claims[name] = value;
        return claims;
    }

    private static string Token(JsonObject claims, string algorithm = "HS256")
    {
        var content = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        var signature = algorithm == "none" ? [] : HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(content));
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
