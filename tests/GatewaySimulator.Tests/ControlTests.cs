using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests;

/// <summary>The same by HTTP: for a simulator that runs as a process of its own.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task a_story_is_told_by_control_calls()
    {
        await using var receiver = await Receiver.Start();
        await using var gateway = await SimulatedGateway.Start();
        using var client = new GatewayClient(gateway);
        await Control(client, "people", new() { ["phone"] = "5511987650001", ["name"] = "Ana" });
        await Control(client, "instances", new() { ["name"] = "shop-1", ["phone"] = "5511912340001", ["webhookUrl"] = receiver.Url });
        var written = await Control(client, "instances/shop-1/write", new() { ["peer"] = "5511987650001", ["text"] = "hello", ["addressing"] = "HiddenId" });
        var id = (string)written.Body!["id"]!;
        await Control(client, "instances/shop-1/react", new() { ["peer"] = "5511987650001", ["id"] = id, ["emoji"] = "👍" });
        await Control(client, "instances/shop-1/edit", new() { ["peer"] = "5511987650001", ["id"] = id, ["text"] = "hello!" });
        await Control(client, "instances/shop-1/owner-reads", new() { ["id"] = id });
        await Control(client, "instances/shop-1/delete", new() { ["peer"] = "5511987650001", ["id"] = id });
        await Control(client, "instances/shop-1/owner-writes", new() { ["peer"] = "5511987650001", ["text"] = "from my phone" });
        await Control(client, "settle", null);

        Assert.Equal(3, receiver.Of("messages.upsert").Count);
        Assert.Equal(["MESSAGE_EDIT", "REVOKE"], receiver.Of("messages.edited").Select(each => (string)each.Data!["type"]!));
        Assert.Contains(receiver.Of("messages.update"), each => (string)each.Data!["status"]! == "READ");
        Assert.Single(receiver.Of("messages.delete"));
    }

    [Fact]
    public async Task faults_and_records_are_reached_by_control_calls()
    {
        await using var gateway = await SimulatedGateway.Start();
        using var client = new GatewayClient(gateway);
        await Control(client, "instances", new() { ["name"] = "shop-1", ["phone"] = "5511912340001" });
        await Control(client, "faults", new() { ["call"] = "message/sendText", ["status"] = 500, ["done"] = true });

        var body = new JsonObject { ["number"] = "5511987650001", ["text"] = "hello" };
        Assert.Equal(500, (await client.Post("/message/sendText/shop-1", body)).Status);
        var sent = (await client.Get("/control/sent")).Body!.AsArray();
        Assert.Equal("hello", (string)Assert.Single(sent)!["text"]!);
        Assert.Single((await client.Get("/control/requests")).Body!.AsArray());
        Assert.Equal("open", (string)(await client.Get("/control/instances")).Body![0]!["state"]!);
    }

    [Fact]
    public async Task an_outage_by_a_control_call_ends_by_itself()
    {
        await using var gateway = await SimulatedGateway.Start();
        using var client = new GatewayClient(gateway);
        await Control(client, "outage", new() { ["seconds"] = 0.5 });

        var sawIt = false;
        var deadline = DateTimeOffset.UtcNow.AddSeconds(10);
        while (true)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, sawIt ? "It did not end." : "It did not begin.");
            try
            {
                await client.Get("/");
                if (sawIt)
                {
                    break;
                }
            }
            catch (HttpRequestException)
            {
                sawIt = true;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<Reply> Control(GatewayClient client, string what, JsonObject? body)
    {
        var reply = await client.Post($"/control/{what}", body);
        Assert.True(reply.Status is >= 200 and < 300, $"{what}: {reply.Status} {reply.Text}");
        return reply;
    }
}
