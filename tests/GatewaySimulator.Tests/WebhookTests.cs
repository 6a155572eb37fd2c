using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Tests;

/// <summary>How webhooks are delivered, and what can be made to go wrong with them.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Line = "5511912340001";

    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await Receiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task a_lost_webhook_never_comes_and_its_message_can_be_read_back()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        gateway.Webhooks.Next(new LoseWebhook("messages.upsert"));

        var lost = line.Phone.Write(ana, "lost");
        var kept = line.Phone.Write(ana, "kept");
        await gateway.Settle();

        Assert.Equal([kept], _receiver.Of("messages.upsert").Select(Id));
        using var client = new GatewayClient(gateway);
        var found = await client.Post("/chat/findMessages/shop-1", new JsonObject { ["where"] = new JsonObject() });
        Assert.Equal([lost, kept], found.Body!["messages"]!["records"]!.AsArray().Select(each => (string)each!["key"]!["id"]!).Reverse());
    }

    [Fact]
    public async Task a_webhook_is_posted_twice()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        gateway.Webhooks.Next(new DuplicateWebhook("messages.upsert"));

        var id = line.Phone.Write(ana, "hello");
        await gateway.Settle();
        Assert.Equal([id, id], _receiver.Of("messages.upsert").Select(Id));
    }

    [Fact]
    public async Task webhooks_are_posted_in_the_opposite_order()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        gateway.Webhooks.Next(new ReverseWebhooks("messages.upsert") { Times = 3 });

        List<string> ids = [.. Enumerable.Range(1, 3).Select(number => line.Phone.Write(ana, $"{number}"))];
        await gateway.Settle();
        Assert.Equal(Enumerable.Reverse(ids), _receiver.Of("messages.upsert").Select(Id));
    }

    [Fact]
    public async Task a_webhook_is_held_until_it_is_released()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        gateway.Webhooks.Next(new HoldWebhook("messages.upsert"));

        var id = line.Phone.Write(ana, "hello");
        await gateway.Settle();
        Assert.Empty(_receiver.Of("messages.upsert"));
        await gateway.Webhooks.Release();
        Assert.Equal([id], _receiver.Of("messages.upsert").Select(Id));
    }

    [Fact]
    public async Task a_delayed_webhook_comes_after_a_later_one()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        gateway.Webhooks.Next(new DelayWebhook("messages.upsert", TimeSpan.FromSeconds(3)));

        var first = line.Phone.Write(ana, "first");
        var second = line.Phone.Write(ana, "second");
        await gateway.Settle();
        Assert.Equal([second, first], _receiver.Of("messages.upsert").Select(Id));
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(503, 3)]
    [InlineData(429, 3)]
    [InlineData(400, 1)]
    [InlineData(401, 1)]
    [InlineData(404, 1)]
    [InlineData(422, 1)]
    public async Task v2_posts_again_unless_the_refusal_is_final(int status, int attempts)
    {
        await using var gateway = await SimulatedGateway.Start(Impatient("2.3.7"));
        var (line, ana) = await Pair(gateway);
        _receiver.Answers = name => name == "messages.upsert" ? status : 200;

        line.Phone.Write(ana, "hello");
        await gateway.Settle();
        Assert.Equal(attempts, _receiver.Of("messages.upsert").Count);
        Assert.Equal(Enumerable.Repeat(status, attempts), gateway.Webhooks.Posted.Single(each => each.Event == "messages.upsert").Answers);
    }

    [Fact]
    public async Task v1_posts_once_whatever_the_answer()
    {
        await using var gateway = await SimulatedGateway.Start(Impatient("1.8.2"));
        var (line, ana) = await Pair(gateway);
        _receiver.Answers = _ => 503;

        line.Phone.Write(ana, "hello");
        await gateway.Settle();
        Assert.Single(_receiver.Of("messages.upsert"));
    }

    [Fact]
    public async Task a_failing_edit_holds_up_what_comes_behind_it()
    {
        await using var gateway = await SimulatedGateway.Start(Impatient("2.3.7") with
        {
            Retry = new() { Attempts = 3, Initial = TimeSpan.FromMilliseconds(150), Jitter = 0 },
        });
        var (line, ana) = await Pair(gateway);
        var id = line.Phone.Write(ana, "helo");
        await gateway.Settle();
        _receiver.Answers = name => name == "messages.edited" ? 500 : 200;

        line.Phone.Edit(ana, id, "hello");
        line.Phone.Write(ana, "behind");
        await gateway.Settle();
        var names = _receiver.All.Select(each => each.Event).ToList();
        Assert.Equal(3, names.Count(each => each == "messages.edited"));
        Assert.True(names.LastIndexOf("messages.edited") < names.LastIndexOf("messages.upsert"), string.Join(", ", names));
    }

    [Fact]
    public async Task headers_and_event_paths_are_as_configured()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        line.Webhook = line.Webhook! with
        {
            ByEvents = true,
            Headers = new JsonObject { ["X-Secret"] = "s3cret", ["jwt_key"] = "key" },
            Events = ["MESSAGES_UPSERT"],
        };

        line.Phone.Write(ana, "hello");
        await gateway.Settle();
        var upsert = Assert.Single(_receiver.All, each => each.Event != "connection.update");
        Assert.EndsWith("/hook/messages-upsert", upsert.Path, StringComparison.Ordinal);
        Assert.Equal("s3cret", upsert.Headers["X-Secret"]);
        Assert.StartsWith("Bearer ey", upsert.Headers["Authorization"], StringComparison.Ordinal);
        Assert.False(upsert.Headers.ContainsKey("jwt_key"));
        Assert.Equal(_receiver.Url, (string)upsert.Body["destination"]!);
    }

    [Fact]
    public async Task media_bytes_come_along_when_asked_for()
    {
        await using var gateway = await SimulatedGateway.Start();
        var (line, ana) = await Pair(gateway);
        line.Webhook = line.Webhook! with { Base64 = true };

        line.Phone.Write(ana, new MediaContent(MediaKind.Image, [1, 2, 3], "image/png") { Caption = "look" });
        await gateway.Settle();
        Assert.Equal("AQID", (string)_receiver.Of("messages.upsert")[0].Data!["message"]!["base64"]!);
    }

    [Fact]
    public async Task the_global_webhook_gets_its_copy_after_the_instances_own()
    {
        var options = Impatient("2.3.7");
        options.GlobalWebhookUrl = _receiver.Url + "/global";
        await using var gateway = await SimulatedGateway.Start(options);
        var (line, ana) = await Pair(gateway);

        line.Phone.Write(ana, "hello");
        await line.Connection.Drop(401);
        await gateway.Settle();
        Assert.Equal(["/hook", "/hook/global"], _receiver.Of("messages.upsert").Select(each => each.Path));
        Assert.Equal(["/hook"], _receiver.Of("logout.instance").Select(each => each.Path));
    }

    [Theory]
    [InlineData(EchoTiming.Before, true)]
    [InlineData(EchoTiming.After, false)]
    public async Task the_echo_comes_before_or_after_the_answer(EchoTiming echo, bool isThere)
    {
        var options = Impatient("2.3.7");
        options.Echo = echo;

        // Neither is to be a matter of how fast the two of them are.
        options.EchoAfter = TimeSpan.FromSeconds(2);
        options.EchoWait = TimeSpan.FromSeconds(20);
        await using var gateway = await SimulatedGateway.Start(options);
        await Pair(gateway);
        using var client = new GatewayClient(gateway);

        await client.Post("/message/sendText/shop-1", new JsonObject { ["number"] = "5511987650001", ["text"] = "hello" });
        Assert.Equal(isThere, _receiver.Of("send.message").Count == 1);
        await _receiver.Wait("send.message");
    }

    [Fact]
    public async Task no_echo_comes_when_there_is_to_be_none()
    {
        var options = Impatient("2.3.7");
        options.Echo = EchoTiming.Never;
        await using var gateway = await SimulatedGateway.Start(options);
        await Pair(gateway);
        using var client = new GatewayClient(gateway);

        await client.Post("/message/sendText/shop-1", new JsonObject { ["number"] = "5511987650001", ["text"] = "hello" });
        await gateway.Settle();
        Assert.Empty(_receiver.Of("send.message"));
        Assert.Equal(2, _receiver.Of("messages.update").Count);
    }

    private static GatewayOptions Impatient(string version) => new()
    {
        Version = version,
        Retry = new() { Attempts = 3, Initial = TimeSpan.FromMilliseconds(10) },
    };

    private static string Id(Received webhook) => (string)webhook.Data!["key"]!["id"]!;

    private async Task<(Instance Line, Person Ana)> Pair(SimulatedGateway gateway)
    {
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        return (line, gateway.WhatsApp.AddPerson("5511987650001", "Ana"));
    }
}
