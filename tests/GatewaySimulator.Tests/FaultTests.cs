using System.Diagnostics;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Network;
using Parley.TestServers;

namespace Parley.GatewaySimulator.Tests;

/// <summary>What can be made to go wrong with calls.</summary>
public sealed class FaultTests
{
    private const string Line = "5511912340001";
    private const string SendText = "/message/sendText/shop-1";

    private static JsonObject Hello => new() { ["number"] = "5511987650001", ["text"] = "hello" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task an_error_is_answered_as_often_as_asked_and_nothing_is_sent(int status)
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/sendText", RestFault.Answer(status) with { Times = 2 });

        Assert.Equal(status, (await client.Post(SendText, Hello)).Status);
        Assert.Equal(status, (await client.Post(SendText, Hello)).Status);
        Assert.Empty(gateway.WhatsApp.Sent);

        Assert.Equal(201, (await client.Post(SendText, Hello)).Status);
        Assert.Single(gateway.WhatsApp.Sent);
    }

    [Fact]
    public async Task a_fault_meets_only_its_call_and_its_instance()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        await gateway.Pair("shop-2", "5511912340002");
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/*", RestFault.Answer(500) with { Instance = "shop-2" });

        Assert.Equal(200, (await client.Get("/instance/connectionState/shop-2")).Status);
        Assert.Equal(201, (await client.Post(SendText, Hello)).Status);
        Assert.Equal(500, (await client.Post("/message/sendText/shop-2", Hello)).Status);
    }

    [Fact]
    public async Task a_message_can_be_sent_although_the_answer_is_an_error()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/sendText", RestFault.Answer(400, "Error: Timed Out") with { Done = true });

        Assert.Equal(400, (await client.Post(SendText, Hello)).Status);
        Assert.Single(gateway.WhatsApp.Sent);
    }

    [Fact]
    public async Task a_proxy_answers_in_html()
    {
        await using var gateway = await SimulatedGateway.Start();
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("*", RestFault.BadGateway());

        var reply = await client.Get("/instance/fetchInstances");
        Assert.Equal(502, reply.Status);
        Assert.StartsWith("<html>", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_answer_is_cut_off_after_the_message_was_sent()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/sendText", RestFault.Truncate());

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Post(SendText, Hello));
        Assert.Single(gateway.WhatsApp.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_call_hangs_with_or_without_effect(bool done)
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/sendText", done ? RestFault.DoneInSilence() : RestFault.Silence());

        await GiveUp(gateway, client, Hello);
        await Until(() => gateway.WhatsApp.Sent.Count == (done ? 1 : 0));
        await gateway.Settle();
        Assert.Equal(done ? 1 : 0, gateway.WhatsApp.Sent.Count);
    }

    [Fact]
    public async Task a_late_send_leaves_although_the_client_gave_up()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("message/sendText", RestFault.Late(TimeSpan.FromSeconds(3)));

        await GiveUp(gateway, client, Hello);
        Assert.Empty(gateway.WhatsApp.Sent);
        await Until(() => gateway.WhatsApp.Sent.Count == 1);
    }

    [Fact]
    public async Task a_slow_answer_comes_after_its_time()
    {
        await using var gateway = await SimulatedGateway.Start();
        using var client = new GatewayClient(gateway);
        gateway.Faults.Next("*", RestFault.Slow(TimeSpan.FromMilliseconds(300)));

        var watch = Stopwatch.StartNew();
        Assert.Equal(200, (await client.Get("/")).Status);
        Assert.True(watch.ElapsedMilliseconds >= 290, $"{watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task an_outage_refuses_connections_and_ends_on_the_same_port()
    {
        await using var gateway = await SimulatedGateway.Start(new GatewayOptions { Urls = $"http://127.0.0.1:{FreePorts.Next()}" });
        var line = await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        var url = gateway.Url;

        await gateway.StopListening();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Post(SendText, Hello));

        await gateway.ListenAgain();
        Assert.Equal(url, gateway.Url);
        Assert.Equal(201, (await client.Post(SendText, Hello)).Status);
        Assert.Equal("open", line.Connection.State);
    }

    [Fact]
    public async Task a_message_goes_to_another_person_than_asked()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        gateway.WhatsApp.Redirect(Jid.Phone("5511987650001"), Jid.Phone("15587656666"));

        var reply = await client.Post(SendText, Hello);
        Assert.Equal("15587656666@s.whatsapp.net", (string)reply.Body!["key"]!["remoteJid"]!);
        Assert.Equal("15587656666@s.whatsapp.net", Assert.Single(gateway.WhatsApp.Sent).To);
    }

    [Fact]
    public async Task a_send_of_v1_waits_for_the_session_and_leaves_when_it_opens()
    {
        await using var gateway = await SimulatedGateway.Start("1.8.2");
        var line = await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        await line.Connection.Hang();

        var body = new JsonObject { ["number"] = "5511987650001", ["textMessage"] = new JsonObject { ["text"] = "hello" } };
        await GiveUp(gateway, client, body);
        Assert.Empty(gateway.WhatsApp.Sent);

        await line.Connection.Recover();
        await Until(() => gateway.WhatsApp.Sent.Count == 1);
    }

    [Fact]
    public async Task every_call_is_noted_with_its_body()
    {
        await using var gateway = await SimulatedGateway.Start();
        await gateway.Pair("shop-1", Line);
        using var client = new GatewayClient(gateway);
        await client.Post(SendText, Hello);

        var noted = Assert.Single(gateway.Requests.Of("message/sendText"));
        Assert.Equal(("POST", "shop-1", 201, gateway.ApiKey), (noted.Method, noted.Instance, noted.Status, noted.ApiKey));
        Assert.Equal("hello", (string)noted.Json()!["text"]!);
    }

    // Not before the call has arrived.
    private static async Task GiveUp(SimulatedGateway gateway, GatewayClient client, JsonObject body)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = client.Call("POST", SendText, body, cancellationToken: patience.Token);
        await Until(() => gateway.Requests.Of("message/sendText").Count == 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static async Task Until(Func<bool> condition)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(10);
        while (!condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "It did not happen.");
            await Task.Delay(10, Cancellation);
        }
    }
}
