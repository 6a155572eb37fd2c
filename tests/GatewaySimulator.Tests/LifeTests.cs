using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests;

/// <summary>An instance from create to delete, over HTTP.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task an_instance_of_v2_is_created_scanned_and_sends()
    {
        await using var receiver = await Receiver.Start();
        await using var gateway = await SimulatedGateway.Start("2.3.7");
        using var client = new GatewayClient(gateway);

        var created = await client.Post("/instance/create", new JsonObject
        {
            ["instanceName"] = "shop-1",
            ["integration"] = "WHATSAPP-BAILEYS",
            ["qrcode"] = true,
            ["webhook"] = new JsonObject { ["url"] = receiver.Url, ["events"] = new JsonArray() },
        });
        Assert.Equal(201, created.Status);
        Assert.StartsWith("data:image/png", (string)created.Body!["qrcode"]!["base64"]!, StringComparison.Ordinal);
        await receiver.Wait("qrcode.updated");

        await gateway.Instances["shop-1"].Connection.Scan("5511912340001");
        var open = (await receiver.Wait("connection.update", 3))[^1];
        Assert.Equal("open", (string)open.Data!["state"]!);
        Assert.Equal("5511912340001@s.whatsapp.net", (string)open.Body["sender"]!);

        var sent = await client.Post("/message/sendText/shop-1", new JsonObject { ["number"] = "5511987650001", ["text"] = "hello" });
        Assert.Equal(201, sent.Status);
        var id = (string)sent.Body!["key"]!["id"]!;
        var echo = Assert.Single(await receiver.Wait("send.message"));
        Assert.Equal(id, (string)echo.Data!["key"]!["id"]!);
        var acks = await receiver.Wait("messages.update", 2);
        Assert.Equal(["DELIVERY_ACK", "SERVER_ACK"], acks.Select(each => (string)each.Data!["status"]!).Order(StringComparer.Ordinal));
        Assert.All(acks, ack => Assert.Equal(id, (string)ack.Data!["keyId"]!));
        var message = Assert.Single(gateway.WhatsApp.Sent);
        Assert.Equal(("5511912340001", "5511987650001@s.whatsapp.net", "hello"), (message.Line, message.To, message.Text));
    }

    [Fact]
    public async Task an_instance_of_v1_is_created_scanned_and_sends()
    {
        await using var receiver = await Receiver.Start();
        await using var gateway = await SimulatedGateway.Start("1.8.2");
        using var client = new GatewayClient(gateway);

        var created = await client.Post("/instance/create", new JsonObject
        {
            ["instanceName"] = "shop-1",
            ["qrcode"] = true,
            ["webhook"] = receiver.Url,
            ["events"] = new JsonArray(),
        });
        Assert.Equal(201, created.Status);
        await receiver.Wait("qrcode.updated");

        await gateway.Instances["shop-1"].Connection.Scan("5511912340001");
        var states = await receiver.Wait("connection.update", 4);
        Assert.Equal(["connecting", "close", "connecting", "open"], states.Select(each => (string)each.Data!["state"]!));

        var sent = await client.Post("/message/sendText/shop-1", new JsonObject
        {
            ["number"] = "5511987650001",
            ["textMessage"] = new JsonObject { ["text"] = "hello" },
        });
        Assert.Equal(201, sent.Status);
        await receiver.Wait("send.message");
        await receiver.Wait("messages.update", 2);
        Assert.Equal("hello", Assert.Single(gateway.WhatsApp.Sent).Text);
    }
}
