using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>The log of deliveries is kept for a time, and what waits is kept for as long as it waits.</summary>
public sealed class DeliveryLogTests
{
    [Fact]
    public async Task What_was_delivered_is_forgotten_in_time_and_what_waits_is_not()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start(
            [
                "--Parley:AllowedPrivateNetworks:0", $"{MediaServer.Host}/32", "--Parley:Sweep:KeepDeliveries", "00:00:10",
                "--Parley:Sweep:Every", "00:00:00.5", .. HookReceiver.Schedule,
            ]);
        var tenant = await parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, new JsonObject { ["types"] = new JsonArray("message.created") });
        var bad = true;
        receiver.Answers = h => new HookAnswer(bad && h.Text == "stuck" ? 500 : 204);
        await tenant.Accept(Webhook.Text("5511987650002", "stuck"));
        await tenant.Accept(Webhook.Text("5511987650003", "fine"));
        await receiver.Until(1);
        JsonArray rows = [];
        await Poll.Until(async () => (rows = await Deliveries()).Count == 2, "both in the log");
        var fine = rows.Single(static r => r!["status"]!.GetValue<string>() == "delivered")!;
        var id = fine["deliveryId"]!.GetValue<string>();

        await Poll.Until(async () => (rows = await Deliveries()).Count == 1, "the end of the one that was delivered");
        Assert.True(DateTimeOffset.UtcNow >= fine["createdAt"]!.GetValue<DateTimeOffset>().AddSeconds(10));
        var waiting = rows[0]!;
        Assert.Equal("pending", waiting["status"]!.GetValue<string>());
        Assert.Empty((await tenant.Client.Get($"{endpoint}/deliveries?status=delivered")).Expect(200).Data);
        (await tenant.Client.Post($"{endpoint}/deliveries/{id}/replay")).Expect(404, "delivery_not_found");

        // It is older than what is kept, and still shows all its attempts when it has got through.
        bad = false;
        await receiver.Until(2);
        await Poll.Until(async () => (await Deliveries()).Count == 0, "the end of the other one");
        Assert.Equal(["fine", "stuck"], receiver.Taken.Select(static h => h.Text!));

        // The events themselves are still there.
        var log = (await tenant.Client.Get("/events?types=message.created", ("Accept", "application/json"))).Expect(200).Data;
        Assert.Equal(2, log.Count);

        async Task<JsonArray> Deliveries() => (await tenant.Client.Get($"{endpoint}/deliveries")).Expect(200).Data;
    }
}
