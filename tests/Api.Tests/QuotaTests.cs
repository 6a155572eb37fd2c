using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>A tenant asks a node so much in a minute and no more, and is told with every answer how much is left.</summary>
public sealed class QuotaTests(QuotaProcess few) : IClassFixture<QuotaProcess>
{
    private const string Policy = "\"tenant\";q=6;w=60";

    /// <summary>A sixth of a minute, and the rest of the second after it.</summary>
    private const int MoreAfter = 11;

    private readonly ParleyProcess _parley = few.Parley;

    [Fact]
    public async Task Every_answer_tells_the_quota_and_what_is_left_of_it()
    {
        var tenant = await _parley.NewTenant();
        Answer[] answers =
        [
            (await tenant.Client.Get("/sessions")).Expect(200),
            (await tenant.Client.Get("/sessions/nobody")).Expect(404, "session_not_found"),
            (await tenant.Client.Send(HttpMethod.Post, "/sessions", ParleyClient.Text("{"))).Expect(400, "malformed_json"),
            (await tenant.Client.Get("/messages?limit=0")).Expect(400, "invalid_request"),
            (await tenant.Client.Get("/sessions", ("Parley-Tenant", "nobody"))).Expect(404, "tenant_not_found"),
            (await tenant.Client.Post("/events/tickets")).Expect(201),
        ];
        Assert.All(answers, static answer => Assert.Equal(Policy, answer.Header("RateLimit-Policy")));
        Assert.Equal([5, 4, 3, 2, 1, 0], answers.Select(Left));
    }

    [Fact]
    public async Task What_is_over_the_quota_is_told_when_to_come_again_and_done_then_and_not_before()
    {
        var (tenant, other) = (await _parley.NewTenant(), await _parley.NewTenant());

        // Takes a while the first time, and in a sixth of a minute there is one more.
        var documented = await DocumentedHeaders.Of(_parley);
        await UseUp(tenant.Client);

        var watch = Stopwatch.StartNew();
        var refused = (await tenant.Client.Post("/webhook-endpoints", Endpoint())).Expect(429, "quota_exceeded");
        Assert.Equal("application/problem+json", refused.ContentHeaders.ContentType?.MediaType);
        Assert.Equal("urn:parley:problem:quota_exceeded", refused.Text("type"));
        Assert.Equal(MoreAfter.ToString(CultureInfo.InvariantCulture), refused.Header("Retry-After"));
        Assert.Equal(Policy, refused.Header("RateLimit-Policy"));
        Assert.Equal(0, Left(refused));
        documented.Holds("POST /webhook-endpoints", refused);
        Assert.Equal(refused.Header("X-Request-Id"), refused.Text("requestId"));

        // It was not looked at: what cannot be read is told so where it is.
        (await tenant.Client.Send(HttpMethod.Post, "/sessions", ParleyClient.Text("{"))).Expect(429, "quota_exceeded");
        Assert.Equal(5, Left((await other.Client.Get("/webhook-endpoints")).Expect(200)));
        using var admin = _parley.Admin();
        Assert.Contains("parley_api_quota_refused_total", (await admin.Get("/metrics")).Expect(200).Body, StringComparison.Ordinal);

        // Another one comes within a sixth of a minute.
        var asked = watch.Elapsed;
        Answer again;
        while ((again = await tenant.Client.Get("/webhook-endpoints")).Status == 429)
        {
            Assert.True(asked < TimeSpan.FromSeconds(MoreAfter), "The time is over, and it is refused still.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            asked = watch.Elapsed;
        }

        Assert.Empty(again.Expect(200).Data);
        Assert.Equal(0, Left(again));
    }

    [Fact]
    public async Task All_credentials_of_a_tenant_share_its_quota_and_a_stream_counts_once()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        var made = (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray("read") })).Expect(201);
        using var second = _parley.With(made.Text("apiKey"));

        Assert.Equal(5, Left(await tenant.Client.Get("/sessions")));
        Assert.Equal(4, Left(await second.Get("/sessions")));
        Assert.Equal(3, Left((await second.Delete("/sessions/x")).Expect(403, "insufficient_scope")));
        var ticket = (await tenant.Client.Post("/events/tickets")).Expect(201);
        Assert.Equal(2, Left(ticket));
        await using (var reader = await EventReader.Open(_parley, null, $"/events?ticket={ticket.Text("ticket")}"))
        {
            Assert.Equal([$"\"tenant\";r=1;t={MoreAfter}"], reader.Response.Headers.GetValues("RateLimit"));
            Assert.NotNull(await reader.NextFrame());
        }

        Assert.Equal(0, Left(await tenant.Client.Get("/sessions")));
    }

    [Fact]
    public async Task What_is_no_request_of_a_tenant_is_not_counted()
    {
        var tenant = await _parley.NewTenant();
        await UseUp(tenant.Client);
        (await tenant.Client.Get("/sessions")).Expect(429, "quota_exceeded");

        using var admin = _parley.Admin();
        for (var i = 0; i < 2 * QuotaProcess.Requests; i++)
        {
            Free(await tenant.Accept(Webhook.Text("5511987650002", $"number {i}")));

            // On a busy machine it may say that it is not.
            var ready = await tenant.Client.Get("/health/ready");
            Assert.Contains(ready.Status, (int[])[200, 503]);
            Free(ready);
            Free((await tenant.Client.Get("/schemas/events")).Expect(200));
            Free((await admin.Get("/admin/tenants")).Expect(200));
            Free((await admin.Get("/sessions", ("Parley-Tenant", tenant.Id))).Expect(200));
        }

        Free((await tenant.Client.Get("/admin/tenants")).Expect(403, "admin_required"));
        Free((await tenant.Client.Get("/openapi/v1.json")).Expect(200));
        using var nobody = _parley.With(null);
        Free((await nobody.Get("/sessions")).Expect(401, "unauthorized"));

        static void Free(Answer answer)
        {
            Assert.Null(answer.Header("RateLimit"));
            Assert.Null(answer.Header("RateLimit-Policy"));
        }
    }

    [Fact]
    public async Task Pages_of_other_origins_may_read_what_is_left()
    {
        var tenant = await _parley.NewTenant();
        await UseUp(tenant.Client);
        var refused = (await tenant.Client.Get("/sessions", ("Origin", QuotaProcess.Page))).Expect(429, "quota_exceeded");
        var exposed = refused.Header("Access-Control-Expose-Headers")!.Split(',', StringSplitOptions.TrimEntries);
        Assert.Superset(new HashSet<string>(["RateLimit", "RateLimit-Policy", "Retry-After"]), exposed.ToHashSet());
    }

    [Fact]
    public async Task Zero_switches_it_off()
    {
        await using var parley = await ParleyProcess.Start(null, "--Parley:Quota:RequestsPerMinute", "0");
        var tenant = await parley.NewTenant();
        var answer = (await tenant.Client.Get("/sessions")).Expect(200);
        Assert.Null(answer.Header("RateLimit"));
        Assert.Null(answer.Header("RateLimit-Policy"));
    }

    private static JsonObject Endpoint() => new() { ["url"] = "https://example.com/hook", ["types"] = new JsonArray("session.deleted") };

    private static async Task UseUp(ParleyClient client)
    {
        for (var i = 0; i < QuotaProcess.Requests; i++)
        {
            (await client.Get("/sessions")).Expect(200);
        }
    }

    private static int Left(Answer answer)
    {
        var parts = answer.Header("RateLimit")!.Split(';');
        Assert.Equal(["\"tenant\"", parts[1], $"t={MoreAfter}"], parts);
        Assert.StartsWith("r=", parts[1], StringComparison.Ordinal);
        return int.Parse(parts[1][2..], CultureInfo.InvariantCulture);
    }
}
