using System.Text.Json.Nodes;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Instances;

namespace Parley.Api.Tests;

/// <summary>A simulated gateway that is made known to Parley, and a tenant who uses it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private static int _phones;

    private TestGateway(SimulatedGateway simulated, string id, string token, ParleyProcess parley, TestTenant tenant) =>
        (Simulated, Id, WebhookToken, Parley, Tenant) = (simulated, id, token, parley, tenant);

    public SimulatedGateway Simulated { get; }

    public string Id { get; }

    /// <summary>Of the gateway's global webhook.</summary>
    public string WebhookToken { get; }

    public ParleyProcess Parley { get; }

    public TestTenant Tenant { get; }

    public static async Task<TestGateway> Start(ParleyProcess parley, string version = "2.3.7", TestTenant? tenant = null)
    {
        // A port that nobody else is given while the gateway is away for a time.
        var simulated = await SimulatedGateway.Start(new GatewayOptions { Version = version, Urls = $"http://127.0.0.1:{TestServers.FreePorts.Next()}" });
        var id = $"gw-{Guid.NewGuid().ToString("N")[..12]}";
        using var admin = parley.Admin();
        var made = (await admin.Post("/admin/gateways", new JsonObject
        {
            ["gatewayId"] = id,
            ["kind"] = "evolution",
            ["url"] = simulated.Url,
            ["apiKey"] = simulated.ApiKey,
        })).Expect(201);
        return new TestGateway(simulated, id, made.Text("webhookToken"), parley, tenant ?? await parley.NewTenant());
    }

    /// <summary>A number that no other line of the tests has.</summary>
    public static string NewPhone() => $"55119{Interlocked.Increment(ref _phones) + 80_000_000}";

    public JsonObject NewSession(string sessionId) => new() { ["sessionId"] = sessionId, ["gatewayId"] = Id };

    /// <summary>A session whose QR code is scanned and which is open.</summary>
    public async Task<Instance> OpenSession(string sessionId, string? phone = null)
    {
        (await Tenant.Client.Post("/sessions", NewSession(sessionId))).Expect(201);
        await Tenant.Qr(sessionId);
        var instance = await InstanceOf(sessionId);
        await instance.Connection.Scan(phone ?? NewPhone());
        await Tenant.Until(sessionId, "open");
        return instance;
    }

    public async Task<Instance> InstanceOf(string sessionId) =>
        Simulated.Instances[(await Tenant.Client.Get($"/sessions/{sessionId}")).Expect(200).Text("instanceName")];

    public async ValueTask DisposeAsync() => await Simulated.DisposeAsync();
}

/// <summary>What a tenant of the tests does with sessions.</summary>
internal static class SessionSteps
{
    /// <summary>Waits for a fresh QR code.</summary>
    public static async Task<Answer> Qr(this TestTenant tenant, string sessionId)
    {
        Answer? qr = null;
        await Poll.Until(
            async () => (qr = await tenant.Client.Get($"/sessions/{sessionId}/qr", ("Accept", "application/json"))).Status == 200,
            $"a QR code of {sessionId}");
        return qr!;
    }

    /// <summary>Waits for a status.</summary>
    public static async Task<Answer> Until(this TestTenant tenant, string sessionId, string status)
    {
        Answer? session = null;
        await Poll.Until(
            async () => (session = (await tenant.Client.Get($"/sessions/{sessionId}")).Expect(200)).Text("status") == status,
            $"{sessionId} is {status}; it is {session?.Body}");
        return session!;
    }

    /// <summary>Waits for what a person is asked to do.</summary>
    public static async Task UntilAttention(this TestTenant tenant, string sessionId, string? code)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (true)
        {
            var session = (await tenant.Client.Get($"/sessions/{sessionId}")).Expect(200);
            if (session.Json["needsAttention"]?.GetValue<string>() == code)
            {
                return;
            }

            Assert.True(
                DateTime.UtcNow < deadline,
                $"It never needs attention ({code ?? "none"}): {session.Body}\n{(await tenant.Client.Get($"/sessions/{sessionId}/transitions")).Body}");
            await Task.Delay(50);
        }
    }
}
