using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Api.Tests;

/// <summary>Whatever a gateway does with a send: it goes out once at most, and its status tells the truth.</summary>
public sealed class SendFaultTests(SharedProcess shared)
{
    private const string Call = "message/sendText";

    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("401", "gateway_unauthorized")]
    [InlineData("404", "instance_missing")]
    public async Task What_the_gateway_refuses_for_good_fails_and_can_be_sent_again(string fault, string code)
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Faults.Next(Call, fault == "401"
            ? RestFault.Answer(401, "Unauthorized")
            : RestFault.Answer(404, $"The \"{line.Instance.Name}\" instance does not exist"));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        var failed = await line.UntilFailed(id, code);
        Assert.NotNull(failed["failedAt"]);
        Assert.DoesNotContain(line.Simulated.ApiKey, failed.ToJsonString(), StringComparison.Ordinal);

        var retried = (await line.Client.Post($"/messages/{id}/retry")).Expect(202);
        Assert.Equal(id, retried.Text("retryOf"));
        Assert.NotEqual(id, retried.Text("id"));
        await line.Until(retried.Text("id"), "delivered");
        Assert.Single(line.Sent);
        (await line.Client.Post($"/messages/{retried.Text("id")}/retry")).Expect(409, "not_failed");
        await line.UntilFailed(id, code);
    }

    [Fact]
    public async Task A_number_without_WhatsApp_is_told()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        line.Simulated.WhatsApp.HasNoWhatsApp(to);
        await line.UntilFailed(await line.Send(to, "hello"), "not_on_whatsapp");
        Assert.Empty(line.Sent);
    }

    [Fact]
    public async Task While_the_gateway_is_down_nothing_is_lost()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        await line.Simulated.StopListening();
        var first = await line.Send(to, "first");
        var second = await line.Send(to, "second");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal("pending", (await line.Read(first))["status"]!.GetValue<string>());
        await line.Simulated.ListenAgain();

        await line.Until(first, "delivered");
        await line.Until(second, "delivered");
        Assert.Equal(["first", "second"], line.Sent.Select(static m => m.Text!));
    }

    [Fact]
    public async Task A_busy_gateway_is_asked_again()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Faults.Next(Call, RestFault.TooMany());
        await line.Until(await line.Send(TestGateway.NewPhone(), "hello"), "delivered");
        Assert.Single(line.Sent);
        Assert.Equal(2, line.Simulated.Requests.Of(Call).Count);
    }

    [Fact]
    public async Task A_slow_gateway_sends_once()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Faults.Next(Call, RestFault.Late(TimeSpan.FromSeconds(2)));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.Until(id, "delivered");
        await line.OnlyMessage(id);
        Assert.Single(line.Simulated.Requests.Of(Call));
    }

    [Fact]
    public async Task What_may_be_out_is_not_sent_again()
    {
        await using var line = await SendingLine.Open(_parley);
        RestFault[] faults =
            [RestFault.Answer(500), RestFault.Answer(400), RestFault.BadGateway(), RestFault.Silence(), new() { Status = 201, Body = "{}" }];
        foreach (var fault in faults)
        {
            line.Simulated.Faults.Next(Call, fault);
        }

        var ids = await Task.WhenAll(faults.Select(_ => line.Send(TestGateway.NewPhone(), "hello")));
        foreach (var id in ids)
        {
            await line.UntilFailed(id, "outcome_unknown");
            Assert.Contains("message/sendText: ", (await line.Read(id))["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        // Whoever would send them again would have by now: a sender looks at its queue every two seconds.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(faults.Length, line.Simulated.Requests.Of(Call).Count);
        Assert.Empty(line.Sent);
        Assert.All(await line.Messages(), static m => Assert.Equal("failed", m["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task What_went_out_although_the_answer_failed_is_sent_by_its_echo()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.Echo = EchoTiming.Before;
        RestFault[] faults =
        [
            RestFault.Answer(500) with { Done = true },
            RestFault.BadGateway() with { Done = true },
            RestFault.Truncate(),
            RestFault.DoneInSilence(),
        ];
        foreach (var fault in faults)
        {
            line.Simulated.Faults.Next(Call, fault);
        }

        var people = faults.Select(static _ => TestGateway.NewPhone()).ToList();
        var ids = await Task.WhenAll(people.Select(to => line.Send(to, "hello")));
        foreach (var (id, to) in ids.Zip(people))
        {
            var message = await line.Until(id, "delivered");
            Assert.Null(message["error"]);
            Assert.Equal(Assert.Single(line.Sent, s => s.To == Jid.Phone(to)).Id, message["externalId"]!.GetValue<string>());
        }

        await line.Simulated.Settle();
        Assert.Equal(faults.Length, (await line.Messages()).Count);
        Assert.Equal(faults.Length, line.Simulated.Requests.Of(Call).Count);
    }

    [Fact]
    public async Task An_unknown_outcome_is_known_when_the_echo_comes_late()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.ServerAckAfter = line.Simulated.Options.DeliveryAckAfter = null;
        line.Simulated.Webhooks.Next(new HoldWebhook("send.message"));
        line.Simulated.Faults.Next(Call, RestFault.Answer(500) with { Done = true });
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.UntilFailed(id, "outcome_unknown");
        await line.Simulated.Webhooks.Release();

        var sent = await line.Until(id, "sent");
        Assert.Null(sent["error"]);
        Assert.Null(sent["failedAt"]);
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task Of_two_alike_the_second_is_not_taken_for_the_first_whose_outcome_is_unknown()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        line.Simulated.Options.Echo = EchoTiming.Before;
        line.Simulated.Webhooks.Next(new HoldWebhook("send.message"));
        line.Simulated.Webhooks.Next(new HoldWebhook("messages.update") { Times = 2 });
        line.Simulated.Faults.Next(Call, RestFault.Answer(500) with { Done = true });
        var first = await line.Send(to, "ok");
        await line.UntilFailed(first, "outcome_unknown");
        var second = (await line.Client.Post($"/messages/{first}/retry")).Expect(202).Text("id");
        await line.Until(second, "delivered");
        Assert.Equal(line.Sent[1].Id, (await line.Read(second))["externalId"]!.GetValue<string>());
        await line.UntilFailed(first, "outcome_unknown");

        await line.Simulated.Webhooks.Release(lastFirst: true);
        await line.Until(first, "delivered");
        Assert.Equal(line.Sent[0].Id, (await line.Read(first))["externalId"]!.GetValue<string>());
        await line.Simulated.Settle();
        Assert.Equal([first, second], (await line.Messages()).Select(static m => m["id"]!.GetValue<string>()));
        Assert.Equal(2, line.Sent.Count);
    }

    [Fact]
    public async Task A_message_to_another_person_than_meant_needs_attention()
    {
        await using var line = await SendingLine.Open(_parley);
        var (meant, other) = (TestGateway.NewPhone(), TestGateway.NewPhone());
        line.Simulated.WhatsApp.Redirect(Jid.Phone(meant), Jid.Phone(other));
        var id = await line.Send(meant, "hello");
        var failed = await line.UntilFailed(id, "wrong_recipient");
        Assert.Contains(line.Sent[0].Id, failed["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(failed["externalId"]);
        await line.Tenant.UntilAttention(SendingLine.SessionId, "wrong_recipient");

        // Whoever got it has it in their conversation, as what was sent by the line.
        await Poll.Until(async () => (await line.Messages()).Count == 2, "the message that the other person has");
        var astray = (await line.Messages()).Single(m => m["id"]!.GetValue<string>() != id);
        Assert.Equal(line.Sent[0].Id, astray["externalId"]!.GetValue<string>());
        Assert.NotEqual(failed["conversationId"]!.GetValue<string>(), astray["conversationId"]!.GetValue<string>());
        await line.UntilFailed(id, "wrong_recipient");
        Assert.Single(line.Sent);
    }

    [Fact]
    public async Task A_line_that_closes_keeps_its_queue_for_when_it_is_open_again()
    {
        await using var line = await SendingLine.Open(_parley);
        var to = TestGateway.NewPhone();
        await line.Simulated.StopListening();
        var id = await line.Send(to, "hello");
        await line.Instance.Connection.LogOutOnPhone();
        await line.Tenant.Until(SendingLine.SessionId, "close");

        // A try that began while it was open ends at a gateway that is not there: one that met the closed line would be outcome_unknown.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await line.Simulated.ListenAgain();
        (await line.Post(SendingLine.Text(to, "no"))).Expect(409, "session_not_open");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var waits = await line.Read(id);
        Assert.True(waits["status"]!.GetValue<string>() == "pending", waits.ToJsonString());

        // A node that has met no gateway lately leaves it alone for a moment more.
        await Poll.Until(async () => (await line.Client.Post($"/sessions/{SendingLine.SessionId}/connect")).Status == 200, "It connects");
        await line.Tenant.Qr(SendingLine.SessionId);
        await line.Instance.Connection.Scan(line.Phone);
        await line.Until(id, "delivered");
        Assert.Single(line.Sent);
    }
}
