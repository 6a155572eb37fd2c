using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Tests;

/// <summary>What happens on the WhatsApp side on demand.</summary>
public sealed class PhoneTests : IAsyncLifetime
{
    private const string Line = "5511912340001";

    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await Receiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task a_transient_loss_reconnects_by_itself_and_brings_the_backlog()
    {
        await using var gateway = await SimulatedGateway.Start();
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        await line.Connection.Hang();
        var id = line.Phone.Write(ana, "while away");
        await gateway.Settle();
        Assert.Empty(_receiver.Of("messages.upsert"));

        await line.Connection.Recover();
        var upsert = Assert.Single(await _receiver.Wait("messages.upsert"));
        Assert.Equal(id, (string)upsert.Data!["key"]!["id"]!);
    }

    [Fact]
    public async Task a_zombie_says_open_is_silent_and_a_restart_cures_it()
    {
        await using var gateway = await SimulatedGateway.Start();
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        using var client = new GatewayClient(gateway);
        line.Connection.BecomeZombie();

        line.Phone.Write(ana, "nobody hears me");
        var sent = await client.Post("/message/sendText/shop-1", new JsonObject { ["number"] = ana.Phone, ["text"] = "into the void" });
        await gateway.Settle();
        Assert.Equal("open", (string)(await client.Get("/instance/connectionState/shop-1")).Body!["instance"]!["state"]!);
        Assert.Equal(201, sent.Status);
        Assert.Empty(gateway.WhatsApp.Sent);
        Assert.Empty(_receiver.Of("messages.update"));
        Assert.Empty(_receiver.Of("messages.upsert"));

        Assert.Equal(200, (await client.Post("/instance/restart/shop-1")).Status);
        await _receiver.Wait("messages.upsert");
        Assert.Equal(201, (await client.Post("/message/sendText/shop-1", new JsonObject { ["number"] = ana.Phone, ["text"] = "back" })).Status);
        Assert.Equal("back", Assert.Single(gateway.WhatsApp.Sent).Text);
    }

    [Fact]
    public async Task a_log_out_on_the_phone_ends_the_session_and_another_phone_can_be_paired()
    {
        await using var gateway = await SimulatedGateway.Start();
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        using var client = new GatewayClient(gateway);
        await line.Connection.LogOutOnPhone();
        await _receiver.Wait("logout.instance");
        Assert.Equal("401", (await _receiver.Wait("status.instance"))[0].Data!["disconnectionReasonCode"]!.ToString());

        var connected = await client.Get("/instance/connect/shop-1");
        Assert.NotNull(connected.Body!["code"]);
        await line.Connection.Scan("4915112340005", "Greta");
        var open = (await _receiver.Wait("connection.update", 6))[^1];
        Assert.Equal("4915112340005@s.whatsapp.net", (string)open.Data!["wuid"]!);
    }

    [Fact]
    public async Task a_series_of_codes_ends_refused()
    {
        var options = new GatewayOptions { QrLimit = 2 };
        await using var gateway = await SimulatedGateway.Start(options);
        var line = gateway.Instances.Add("shop-1")!;
        line.Webhook = new() { Url = _receiver.Url, Events = gateway.Dialect.Events };
        using var client = new GatewayClient(gateway);
        await client.Get("/instance/connect/shop-1");
        await line.Connection.RefreshQr();
        await line.Connection.RefreshQr();

        var codes = await _receiver.Wait("qrcode.updated", 3);
        Assert.NotEqual(codes[0].Data!["qrcode"]!["code"]!.ToString(), codes[1].Data!["qrcode"]!["code"]!.ToString());
        Assert.Equal("500", codes[2].Data!["statusCode"]!.ToString());
        Assert.Equal("refused", (string)(await _receiver.Wait("connection.update", 2))[^1].Data!["state"]!);
        Assert.Equal("close", (string)(await client.Get("/instance/connectionState/shop-1")).Body!["instance"]!["state"]!);
    }

    [Fact]
    public async Task history_comes_newest_first()
    {
        await using var gateway = await SimulatedGateway.Start();
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        var start = DateTimeOffset.UtcNow.AddDays(-1);
        line.Phone.HandOverHistory([.. Enumerable.Range(1, 3).Select(number => new Instances.StoredMessage
        {
            Id = $"3A{number}",
            FromMe = number == 2,
            Peer = ana,
            PushName = "Ana",
            Content = new Writing.TextContent($"{number}"),
            Time = start.AddMinutes(number),
        })]);

        var history = Assert.Single(await _receiver.Wait("messages.set"));
        Assert.Equal(["3A3", "3A2", "3A1"], history.Data!.AsArray().Select(each => (string)each!["key"]!["id"]!));
    }

    [Fact]
    public async Task a_person_is_read_only_by_the_phone()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        using var client = new GatewayClient(gateway);
        var keys = new JsonArray(
            new JsonObject { ["remoteJid"] = ana.PhoneJid, ["fromMe"] = false, ["id"] = "3A1" },
            new JsonObject { ["remoteJid"] = ana.HiddenJid, ["fromMe"] = false, ["id"] = "3A2" });

        Assert.Equal(201, (await client.Post("/chat/markMessageAsRead/shop-1", new JsonObject { ["readMessages"] = keys })).Status);
        Assert.Equal(new ReadMark("shop-1", ana.PhoneJid, "3A1"), Assert.Single(gateway.WhatsApp.Reads));
    }

    [Fact]
    public async Task groups_of_v1_are_silent_until_told_otherwise()
    {
        await using var gateway = await SimulatedGateway.Start("1.8.2");
        var line = await gateway.Pair("shop-1", Line, _receiver.Url);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        var group = gateway.WhatsApp.AddGroup("120363041234567890", "Team", ana);
        using var client = new GatewayClient(gateway);
        line.Phone.Write(ana, new Writing.TextContent("not heard"), group: group);
        await gateway.Settle();
        Assert.Empty(_receiver.Of("messages.upsert"));

        await client.Post("/settings/set/shop-1", new JsonObject { ["reject_call"] = false, ["groups_ignore"] = false });
        line.Phone.Write(ana, new Writing.TextContent("heard"), group: group);
        await gateway.Settle();
        Assert.Equal("heard", (string)Assert.Single(_receiver.Of("messages.upsert")).Data!["message"]!["conversation"]!);
    }
}
