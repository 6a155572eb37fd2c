using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Events are not posted into networks that the operator does not allow, however their address is written.</summary>
public sealed class WebhookUrlTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("http://localhost/hooks")]
    [InlineData("https://localhost:8443/hooks")]
    [InlineData("http://127.0.0.1/hooks")]
    [InlineData("http://127.1/hooks")]
    [InlineData("http://2130706433/hooks")]
    [InlineData("http://0x7f000001/hooks")]
    [InlineData("http://0177.0.0.1/hooks")]
    [InlineData("http://[::1]/hooks")]
    [InlineData("http://[::ffff:127.0.0.1]/hooks")]
    [InlineData("http://[::ffff:7f00:1]/hooks")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[fd00:ec2::254]/latest")]
    [InlineData("https://10.0.0.1/hooks")]
    [InlineData("https://192.168.1.1/hooks")]
    [InlineData("https://0.0.0.0/hooks")]
    [InlineData("https://[fe80::1]/hooks")]
    [InlineData("https://[64:ff9b::7f00:1]/hooks")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/latest")]
    [InlineData("https://[64:ff9b:1::a00:1]/hooks")]
    [InlineData("https://[2002:7f00:1::1]/hooks")]
    [InlineData("https://[2001:0:7f00:1::1]/hooks")]
    [InlineData("https://[fc00::1]/hooks")]
    [InlineData("https://[::ffff:169.254.169.254]/latest")]
    [InlineData("https://[::127.0.0.1]/hooks")]
    [InlineData("https://[::ffff:0:127.0.0.1]/hooks")]
    [InlineData("http://93.184.216.34/plain")]
    public async Task An_address_that_is_not_allowed_is_refused_and_the_setting_named(string url)
    {
        var tenant = await _parley.NewTenant();
        var refused = (await tenant.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = url })).Expect(400, "address_not_allowed");
        Assert.Contains("Parley:AllowedPrivateNetworks", refused.Body, StringComparison.Ordinal);
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client);
        (await WebhooksOutTests.Patch(tenant.Client, endpoint, new JsonObject { ["url"] = url })).Expect(400, "address_not_allowed");
        Assert.Equal(receiver.Url, (await tenant.Client.Get(endpoint)).Text("url"));
    }

    [Theory]
    [InlineData("ftp://shop.example/hooks", "invalid_request")]
    [InlineData("https://user:word@shop.example/hooks", "invalid_request")]
    [InlineData("/hooks", "invalid_request")]
    [InlineData(" http://127.0.0.2/hooks", "invalid_request")]
    [InlineData("http://127.0.0.2/hooks\r\nX: y", "invalid_request")]
    [InlineData("http://127.0.0.2/hooks\0", "invalid_request")]
    [InlineData("", "invalid_request")]
    [InlineData("https://no-such-host.invalid/hooks", "host_not_found")]
    public async Task An_address_that_cannot_be_is_refused(string url, string code)
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = url })).Expect(400, code);
    }

    [Fact]
    public async Task A_type_that_is_null_is_refused()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var body = new JsonObject { ["url"] = receiver.Url, ["types"] = new JsonArray([null]) };
        (await tenant.Client.Post("/webhook-endpoints", body)).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task A_public_address_and_an_allowed_one_are_taken()
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = "https://93.184.216.34/hooks" })).Expect(201);
        (await tenant.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = $"http://{MediaServer.Host}:9/hooks?key=1" })).Expect(201);
    }
}
