using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Lines that Parley looks after by itself, with its patience cut to seconds.</summary>
public sealed class UnsteadyLineTests : IAsyncLifetime
{
    private ParleyProcess _parley = null!;

    public async ValueTask InitializeAsync() => _parley = await ParleyProcess.Start(
        null,
        "--Parley:Keeper:FirstLook", "00:00:00.5",
        "--Parley:Keeper:ShortestLook", "00:00:01",
        "--Parley:Keeper:LongestLook", "00:00:02",
        "--Parley:Keeper:Patience", "00:00:04",
        "--Parley:Keeper:StuckAfter", "00:00:02");

    public async ValueTask DisposeAsync() => await _parley.DisposeAsync();

    [Fact]
    public async Task A_line_whose_connections_are_lost_at_once_is_restarted_and_then_needs_a_person_until_it_opens()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var before = gateway.Simulated.Requests.Of("instance/connectionState").Count;
        instance.Connection.LoseEach(TimeSpan.FromMilliseconds(200));

        await gateway.Tenant.UntilAttention("shop-1", "cannot_connect");

        Assert.Single(gateway.Simulated.Requests.Of("instance/restart"));
        Assert.InRange(gateway.Simulated.Requests.Of("instance/connectionState").Count - before, 2, 60);
        await instance.Connection.Recover();
        await gateway.Tenant.Until("shop-1", "open");
        await gateway.Tenant.UntilAttention("shop-1", null);
    }

    /// <summary>The channel for other programs tells of no send that it arrived, and restarting it helps nothing.</summary>
    [Fact]
    public async Task A_channel_that_acknowledges_nothing_is_no_zombie()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, phone) = (gateway.Tenant, TestGateway.NewPhone());
        var line = gateway.Simulated.Instances.Add("programs", number: phone, ownChannel: true)!;
        using var admin = _parley.Admin();
        (await admin.Post($"/admin/gateways/{gateway.Id}/adoptions", new JsonObject
        {
            ["instances"] = new JsonArray(new JsonObject { ["instanceName"] = line.Name, ["tenantId"] = tenant.Id, ["sessionId"] = "shop-1" }),
            ["setWebhook"] = true,
        })).Expect(200);
        Assert.Equal(phone, (await tenant.Client.Get("/sessions/shop-1")).Expect(200).Text("phoneNumber"));

        var sent = (await tenant.Client.Post("/messages", new JsonObject
        {
            ["sessionId"] = "shop-1",
            ["to"] = "5511987650002",
            ["text"] = "hello",
        })).Expect(202);
        await Poll.Until(
            async () => (await tenant.Client.Get($"/messages/{sent.Text("id")}")).Expect(200).Json["externalId"] is not null, "it is sent");
        var message = (await tenant.Client.Get($"/messages/{sent.Text("id")}")).Json;
        Assert.Equal(("pending", phone), (message["status"]!.GetValue<string>(), message["from"]!.GetValue<string>()));

        // Looked at well after a WhatsApp line would have been called dead.
        var late = DateTime.UtcNow + TimeSpan.FromSeconds(4);
        await Poll.Until(() => Task.FromResult(DateTime.UtcNow > late), "some looks");
        var looks = gateway.Simulated.Requests.Of("instance/connectionState").Count;
        await Poll.Until(() => Task.FromResult(gateway.Simulated.Requests.Of("instance/connectionState").Count > looks + 1), "two more looks");
        Assert.Empty(gateway.Simulated.Requests.Of("instance/restart"));
        Assert.Null((await tenant.Client.Get("/sessions/shop-1")).Json["needsAttention"]);
    }
}
