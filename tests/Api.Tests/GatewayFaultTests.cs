using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;

namespace Parley.Api.Tests;

/// <summary>Whatever a gateway does, the answer is a documented problem.</summary>
public sealed class GatewayFaultTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    public static TheoryData<string, int, string> Faults => new()
    {
        { "401", 502, "gateway_unauthorized" },
        { "404", 409, "instance_missing" },
        { "429", 503, "gateway_busy" },
        { "500", 502, "gateway_failed" },
        { "html", 502, "gateway_failed" },
        { "cut off", 502, "gateway_failed" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Calls_that_are_passed_on_tell_what_the_gateway_did(string fault, int status, string code)
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop-1");
        gateway.Simulated.Faults.Next("chat/whatsappNumbers", Of(fault) with { Times = 10 });
        var answer = await gateway.Tenant.Client.Post(
            "/sessions/shop-1/number-checks", new JsonObject { ["numbers"] = new JsonArray("5511987650002") });
        Assert.DoesNotContain(gateway.Simulated.ApiKey, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", answer.Body, StringComparison.OrdinalIgnoreCase);
        answer.Expect(status, code);
    }

    [Theory]
    [InlineData("401", "gateway_unauthorized")]
    [InlineData("404", "instance_missing")]
    [InlineData("500", "gateway_unreachable")]
    [InlineData("html", "gateway_unreachable")]
    [InlineData("cut off", "gateway_unreachable")]
    public async Task A_connect_tells_what_the_gateway_did(string fault, string code)
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop-1");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/logout")).Expect(202);
        await gateway.Tenant.Until("shop-1", "close");

        // Whoever else asks for a connection meets it, too.
        gateway.Simulated.Faults.Next("instance/connect", Of(fault) with { Done = false, Times = 10 });
        var answer = await gateway.Tenant.Client.Post("/sessions/shop-1/connect");
        Assert.Equal(code, answer.Code);
        Assert.InRange(answer.Status, 409, 503);
    }

    [Theory]
    [InlineData("401")]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("429")]
    public async Task A_create_is_tried_until_it_is_done(string fault)
    {
        await using var gateway = await TestGateway.Start(_parley);
        gateway.Simulated.Faults.Next("instance/create", Of(fault));
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        await gateway.Tenant.Qr("shop-1");
        Assert.Single(gateway.Simulated.Instances.All);
    }

    [Theory]
    [InlineData("2.3.7", false)]
    [InlineData("1.8.2", false)]
    [InlineData("2.3.7", true)]
    public async Task A_session_is_created_while_its_gateway_is_away_and_works_once_it_is_back(string version, bool isKnown)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var tenant = gateway.Tenant;
        if (isKnown)
        {
            await gateway.OpenSession("before");
        }

        await gateway.Simulated.StopListening();
        (await tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        await tenant.UntilAttention("shop-1", "gateway_unreachable");
        await gateway.Simulated.ListenAgain();
        await tenant.Qr("shop-1");
        var instance = await gateway.InstanceOf("shop-1");
        await instance.Connection.Scan(TestGateway.NewPhone());
        await tenant.Until("shop-1", "open");

        // The secret header is asked for where the gateway is known to send it.
        var webhook = instance.Webhook!;
        Assert.Equal(version == "2.3.7", webhook.Headers?["X-Parley-Secret"] is not null);
        using var nobody = _parley.With(null);
        (await nobody.Post(new Uri(webhook.Url).AbsolutePath, Webhook.Text("5511987650002", "hello"))).Expect(isKnown ? 401 : 200);
        Assert.All(gateway.Simulated.Webhooks.Posted, static posted => Assert.All(posted.Answers, static status => Assert.Equal(200, status)));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("cut off")]
    [InlineData("429")]
    public async Task A_session_is_created_though_its_gateway_does_not_say_what_it_is(string fault)
    {
        await using var gateway = await TestGateway.Start(_parley);
        gateway.Simulated.Faults.Next("", Of(fault) with { Times = 10 });
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        gateway.Simulated.Faults.Heal();
        await gateway.Tenant.Qr("shop-1");
    }

    [Fact]
    public async Task A_log_out_and_a_delete_are_tried_until_they_are_done()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        gateway.Simulated.Faults.Next("instance/logout", RestFault.BadGateway());
        (await gateway.Tenant.Client.Post("/sessions/shop-1/logout")).Expect(202);
        await gateway.Tenant.Until("shop-1", "close");

        gateway.Simulated.Faults.Next("instance/delete", RestFault.Answer(500));
        (await gateway.Tenant.Client.Delete("/sessions/shop-1")).Expect(204);
        await Poll.Until(() => Task.FromResult(gateway.Simulated.Instances.Find(instance.Name) is null), "the instance is deleted");
    }

    [Fact]
    public async Task A_gateway_that_is_down_is_told_and_its_lines_need_attention_until_it_is_back()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop-1");
        await gateway.Simulated.StopListening();
        (await gateway.Tenant.Client.Post("/sessions/shop-1/number-checks", new JsonObject { ["numbers"] = new JsonArray("5511987650002") }))
            .Expect(502, "gateway_unreachable");
        using var admin = _parley.Admin();
        (await admin.Get($"/admin/gateways/{gateway.Id}/instances")).Expect(502, "gateway_unreachable");

        (await gateway.Tenant.Client.Post("/sessions/shop-1/restart")).Expect(202);
        await gateway.Tenant.UntilAttention("shop-1", "gateway_unreachable");
        await gateway.Simulated.ListenAgain();
        await gateway.Tenant.UntilAttention("shop-1", null);
    }

    private static RestFault Of(string fault) => fault switch
    {
        "401" => RestFault.Answer(401, "Unauthorized"),
        "404" => RestFault.Answer(404, "The \"x\" instance does not exist"),
        "429" => RestFault.TooMany(),
        "500" => RestFault.Answer(500),
        "html" => RestFault.BadGateway(),
        _ => RestFault.Truncate(),
    };
}
