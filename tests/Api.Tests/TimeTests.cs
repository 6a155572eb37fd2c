using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Times that callers write.</summary>
public sealed class TimeTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2026-03-01T12:00:00.123456789Z")]
    [InlineData("2026-03-01T12:00:00.12345678901234567890+02:00")]
    [InlineData("2026-03-01t12:00:00.999999999999z")]
    [InlineData("2026-03-01T12:00:00Z")]
    public async Task A_time_may_be_finer_than_it_is_kept(string time)
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Get($"/messages?since={Uri.EscapeDataString(time)}")).Expect(200);
        (await tenant.Client.Post("/sessions/nobody/sync", new JsonObject { ["since"] = time })).Expect(404, "session_not_found");
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00.123456789")]
    [InlineData("2026-03-01T12:00:00.12345678x9Z")]
    [InlineData("2026-03-01T12:00:00.1234567.8Z")]
    public async Task What_is_no_time_is_refused(string time)
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Get($"/messages?since={Uri.EscapeDataString(time)}")).Expect(400, "invalid_request");
        (await tenant.Client.Post("/sessions/nobody/sync", new JsonObject { ["since"] = time })).Expect(400, "malformed_json");
    }

    /// <summary>Rounding up would pass over a message of that very moment.</summary>
    [Fact]
    public async Task What_is_too_fine_is_left_out_not_rounded()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "hello", time: 1772366400));
        Assert.Single((await tenant.Client.Get("/messages?since=2026-03-01T12:00:00.00099999999Z")).Expect(200).Data);
        Assert.Empty((await tenant.Client.Get("/messages?since=2026-03-01T12:00:00.001Z")).Expect(200).Data);
    }
}
