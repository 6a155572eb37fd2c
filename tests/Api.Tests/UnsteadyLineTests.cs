using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Api.Tests;

/// <summary>Lines that Parley looks after by itself. Where a test waits for seconds to pass, several lines do so at once.</summary>
public sealed class UnsteadyLineTests(ImpatientProcess impatient) : IClassFixture<ImpatientProcess>
{
    private const string State = "instance/connectionState";
    private const string OwnNumber = "chat/whatsappNumbers";

    private readonly ParleyProcess _parley = impatient.Parley;

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

    [Fact]
    public async Task What_no_webhook_tells_is_found_by_asking() => await Task.WhenAll(LoggedOut(), Refused(), LostMessage());

    [Fact]
    public async Task A_quiet_line_is_left_alone_and_a_dead_one_is_restarted_once_and_then_needs_a_person() => await Task.WhenAll(Quiet(), Dead());

    /// <summary>The phone has removed the device.</summary>
    private async Task LoggedOut()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        foreach (var lost in (string[])["connection.update", "status.instance", "logout.instance"])
        {
            gateway.Simulated.Webhooks.Next(new LoseWebhook(lost));
        }

        await instance.Connection.LogOutOnPhone();

        await gateway.Tenant.Until("shop-1", "close");
        Assert.Equal("polled", await LastReason(gateway.Tenant));
        await gateway.Tenant.UntilAttention("shop-1", "scan_qr");
        await instance.Connection.Scan(TestGateway.NewPhone());
        await gateway.Tenant.UntilAttention("shop-1", null);
        await gateway.Tenant.Until("shop-1", "open");
    }

    /// <summary>The gateway's own word for a line that is closed.</summary>
    private async Task Refused()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var refused = new JsonObject { ["instance"] = new JsonObject { ["instanceName"] = instance.Name, ["state"] = "refused" } };
        gateway.Simulated.Faults.Next(State, new RestFault { Times = 1_000, Status = 200, Body = refused.ToJsonString() });

        await gateway.Tenant.Until("shop-1", "close");
        Assert.Equal("polled", await LastReason(gateway.Tenant));
        gateway.Simulated.Faults.Heal();
        await gateway.Tenant.Until("shop-1", "open");
        Assert.Equal("polled", await LastReason(gateway.Tenant));
        Assert.Null((await gateway.Tenant.Client.Get("/sessions/shop-1")).Json["needsAttention"]);
    }

    /// <summary>Something names it.</summary>
    private async Task LostMessage()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.upsert"));
        var lost = instance.Phone.Write(ana, "lost");
        instance.Phone.React(ana, lost, "👍");
        IReadOnlyList<JsonNode> messages = [];
        await Poll.Until(
            async () => (messages = [.. (await gateway.Tenant.Client.Get("/messages")).Data.Select(static m => m!)]).Count == 1, "the sweep has asked for it");
        Assert.Equal(
            (lost, "sync", "👍"),
            (messages[0]["externalId"]!.GetValue<string>(), messages[0]["origin"]!.GetValue<string>(), messages[0]["reactions"]![0]!["emoji"]!.GetValue<string>()));
    }

    /// <summary>Asked ever more rarely how it stands; after a while it is asked something that only WhatsApp can answer, and answers.</summary>
    private async Task Quiet()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop-1");
        var steady = DateTimeOffset.UtcNow + ImpatientProcess.SettlesAfter;
        IReadOnlyList<DateTimeOffset> looks = [];
        await Poll.Until(
            () => Task.FromResult((looks = [.. gateway.Simulated.Requests.Of(State).Select(static r => r.At).Where(at => at > steady)]).Count > 2),
            "it is asked on and on");

        // A look's time is drawn a fifth earlier at most.
        Assert.All(looks.Zip(looks.Skip(1)), pair => Assert.True(
            pair.Second - pair.First > ImpatientProcess.LongestLook * 0.7, $"It was asked again after {pair.Second - pair.First}."));
        Assert.NotEmpty(gateway.Simulated.Requests.Of(OwnNumber));
        Assert.Empty(gateway.Simulated.Requests.Of("instance/restart"));
        Assert.Null((await gateway.Tenant.Client.Get("/sessions/shop-1")).Json["needsAttention"]);
    }

    /// <summary>What it sends stays where it is. After the restart it is silent.</summary>
    private async Task Dead()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop-1"));

        // A time in whole seconds of this second may lie before the line opened.
        var opened = DateTimeOffset.UtcNow;
        await Poll.Until(() => Task.FromResult(DateTimeOffset.UtcNow.Second != opened.Second), "the next second");
        instance.Connection.BecomeZombie();
        var sent = (await tenant.Client.Post("/messages", new JsonObject { ["sessionId"] = "shop-1", ["to"] = "5511987650002", ["text"] = "hello" })).Expect(202);
        var before = "";
        await Poll.Until(
            async () =>
            {
                // Read before it is looked whether it was restarted: what comes after that is the restart's.
                var status = (await tenant.Client.Get($"/messages/{sent.Text("id")}")).Expect(200).Text("status");
                var restarted = gateway.Simulated.Requests.Of("instance/restart").Count == 1;
                before = restarted ? before : status;
                return restarted;
            },
            "it is restarted");
        Assert.Equal("pending", before);
        await Poll.Until(() => Task.FromResult(!instance.Connection.IsZombie), "the gateway has done what it was asked");
        Assert.Null((await tenant.Client.Get("/sessions/shop-1")).Json["needsAttention"]);

        gateway.Simulated.Faults.Next(OwnNumber, RestFault.Answer(500, "Timed Out") with { Times = 100 });
        await tenant.UntilAttention("shop-1", "zombie");
        Assert.Equal("open", (await tenant.Client.Get("/sessions/shop-1")).Text("status"));
        Assert.Single(gateway.Simulated.Requests.Of("instance/restart"));

        gateway.Simulated.Faults.Heal();
        await instance.Connection.Drop(428);
        await tenant.UntilAttention("shop-1", null);
    }

    private static async Task<string?> LastReason(TestTenant tenant) =>
        (await tenant.Client.Get("/sessions/shop-1/transitions")).Expect(200).Data
            .MaxBy(static t => t!["number"]!.GetValue<long>())!["reason"]?.GetValue<string>();
}
