namespace Parley.GatewaySimulator.Tests;

/// <summary>Waiting until nothing is under way.</summary>
public sealed class SettleTests
{
    [Fact]
    public async Task a_webhook_that_is_tried_again_is_under_way()
    {
        await using var receiver = await Receiver.Start();
        await using var gateway = await SimulatedGateway.Start();
        receiver.Answers = _ => 503;
        var line = await gateway.Pair("shop-1", "5511912340001");
        line.Webhook = new() { Url = receiver.Url, Events = gateway.Dialect.Events };

        line.Phone.Write(gateway.WhatsApp.AddPerson("5511987650001", "Ana"), "hello");
        await Assert.ThrowsAsync<TimeoutException>(() => gateway.Settle(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task events_of_a_line_that_logs_out_in_between_break_nothing()
    {
        await using var receiver = await Receiver.Start();
        await using var gateway = await SimulatedGateway.Start();
        var line = await gateway.Pair("shop-1", "5511912340001", receiver.Url);
        var ana = gateway.WhatsApp.AddPerson("5511987650001", "Ana");
        for (var round = 0; round < 20; round++)
        {
            var id = line.Phone.Write(ana, $"{round}");
            line.Phone.Edit(ana, id, "edited");
            line.Phone.Delete(ana, id);
        }

        await line.Connection.LogOutOnPhone();
        await gateway.Settle();
        Assert.Equal(20, receiver.Of("messages.upsert").Count);
        Assert.Equal(40, receiver.Of("messages.edited").Count);
    }
}
