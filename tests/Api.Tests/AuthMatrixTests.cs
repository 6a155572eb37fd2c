using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Every route of the OpenAPI document is tried with every kind of credential and with the ids of another tenant.</summary>
public sealed class AuthMatrixTests(SharedProcess shared)
{
    private const string UnknownKey = "parley_0123456789ABCDEFGHIJabcdefghij";

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Every_route_asks_for_a_credential_but_the_open_ones()
    {
        using var nobody = _parley.With(null);
        using var typo = _parley.With(UnknownKey + "000000");
        using var garbage = _parley.With("x.y.z");
        foreach (var operation in await Operations())
        {
            // Also one that is not ready says so.
            var expected = operation is { Path: "/health/ready" } ? (int[])[200, 401, 503] : operation.IsOpen ? [200, 401] : [401];
            foreach (var client in (ParleyClient[])[nobody, typo, garbage])
            {
                var answer = await operation.Send(client, operation.PathWith(Made));
                Assert.True(expected.Contains(answer.Status), $"{operation}: {answer.Status} {answer.Body}");
            }
        }
    }

    [Fact]
    public async Task A_tenants_key_reaches_nothing_of_the_administrator()
    {
        var tenant = await _parley.NewTenant();
        foreach (var operation in (await Operations()).Where(operation => operation.IsAdmin))
        {
            var answer = await operation.Send(tenant.Client, operation.PathWith(Made));
            answer.Expect(403, "admin_required");
        }
    }

    [Fact]
    public async Task The_admin_key_must_name_a_tenant_that_lives()
    {
        using var admin = _parley.Admin();
        foreach (var operation in (await Operations()).Where(operation => operation.IsTenant))
        {
            (await operation.Send(admin, operation.PathWith(Made))).Expect(400, "tenant_required");
            (await operation.Send(admin, operation.PathWith(Made), ("Parley-Tenant", "nobody"))).Expect(404, "tenant_not_found");
        }
    }

    [Fact]
    public async Task A_tenants_key_cannot_name_another_tenant()
    {
        var (one, other) = (await _parley.NewTenant(), await _parley.NewTenant());
        foreach (var operation in (await Operations()).Where(operation => operation.IsTenant))
        {
            (await operation.Send(one.Client, operation.PathWith(Made), ("Parley-Tenant", other.Id))).Expect(404, "tenant_not_found");
        }

        (await one.Client.Get("/sessions", ("Parley-Tenant", one.Id))).Expect(200);
    }

    [Fact]
    public async Task What_belongs_to_another_tenant_is_not_there()
    {
        var (owner, stranger) = (await _parley.NewTenant(), await _parley.NewTenant());
        var ids = await Fill(owner);
        var before = await Picture(owner);
        foreach (var operation in (await Operations()).Where(operation => operation.IsTenant))
        {
            var path = operation.PathWith(ids);
            var answer = await operation.Send(stranger.Client, path);
            if (path.Contains('{', StringComparison.Ordinal) || operation.HasIds)
            {
                Assert.True(answer.Status == 404, $"{operation}: {answer.Status} {answer.Body}");
            }
            else if (answer.Status == 201)
            {
                // A ticket: for the stranger's own events.
                Assert.NotEmpty(answer.Text("ticket"));
            }
            else if (answer.Status != 200)
            {
                // What is made anew is made of what the stranger has: nothing yet.
                Assert.True(
                    answer.Status is 400 or 404 or 415
                        && answer.Code is "gateway_not_found" or "session_not_found" or "unsupported_media_type" or "host_not_found",
                    $"{operation}: {answer.Status} {answer.Body}");
            }
            else
            {
                Assert.True(
                    answer.Json["data"] is JsonArray { Count: 0 } || answer.Json["replayed"]?.GetValue<int>() == 0,
                    $"{operation}: {answer.Body}");
            }
        }

        var filters = new[]
        {
            $"/messages?conversationId={Uri.EscapeDataString(ids["conversationId"])}",
            $"/messages?sessionId={Webhook.Instance}",
            $"/messages?externalId={ids["externalId"]}",
        };
        foreach (var path in filters)
        {
            Assert.Empty((await stranger.Client.Get(path)).Expect(200).Data);
        }

        (await stranger.Client.Get($"/messages?around={ids["messageId"]}")).Expect(404, "message_not_found");
        Assert.Equal(before, await Picture(owner));
    }

    [Fact]
    public async Task Both_headers_take_a_key()
    {
        var tenant = await _parley.NewTenant();
        using var nobody = _parley.With(null);
        (await nobody.Get("/sessions", ("X-Api-Key", tenant.ApiKey))).Expect(200);
        (await nobody.Get("/sessions", ("X-Api-Key", ParleyProcess.AdminKey), ("Parley-Tenant", tenant.Id))).Expect(200);
        var refused = await nobody.Get("/sessions", ("X-Api-Key", tenant.ApiKey[..^1]));
        refused.Expect(401, "unauthorized");
        Assert.StartsWith("Bearer", refused.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Made => new(StringComparer.Ordinal);

    private static async Task<Dictionary<string, string>> Fill(TestTenant owner)
    {
        const string peer = "5511987650002";
        await owner.Accept(Webhook.Media(peer, "imageMessage", "image/png", [1, 2, 3]));
        (await owner.Webhook(Webhook.Message(peer, "unknown", []))).Expect(200);
        var message = (await owner.Client.Get("/messages")).Data[0]!;
        var quarantined = (await owner.Client.Get("/quarantine")).Data[0]!;
        var endpoint = (await owner.Client.Post("/webhook-endpoints", new JsonObject
        {
            ["url"] = $"http://{MediaServer.Host}:9",
            ["types"] = new JsonArray("session.deleted"),
        })).Expect(201);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["conversationId"] = message["conversationId"]!.GetValue<string>(),
            ["from"] = peer,
            ["to"] = Webhook.Line,
            ["messageId"] = message["id"]!.GetValue<string>(),
            ["externalId"] = message["externalId"]!.GetValue<string>(),
            ["sessionId"] = Webhook.Instance,
            ["endpointId"] = endpoint.Text("endpointId"),
            ["quarantineId"] = quarantined["id"]!.GetValue<string>(),
        };
    }

    private static async Task<string> Picture(TestTenant tenant) => string.Join(
        '\n',
        (await tenant.Client.Get("/messages")).Body,
        (await tenant.Client.Get("/conversations")).Body,
        (await tenant.Client.Get("/quarantine")).Body,
        (await tenant.Client.Get("/webhook-endpoints")).Body);

    private async Task<List<DocumentedOperation>> Operations()
    {
        using var nobody = _parley.With(null);
        return DocumentedOperation.All((await nobody.Get("/openapi/v1.json")).Expect(200).Json);
    }
}
