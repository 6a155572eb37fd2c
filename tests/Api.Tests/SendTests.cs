using System.Text.Json.Nodes;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Api.Tests;

/// <summary>A message on its way out, and its echoes and receipts in every order.</summary>
public sealed class SendTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("2.3.2")]
    [InlineData("1.8.2")]
    public async Task A_text_to_a_new_number_is_pending_sent_delivered_and_read(string version)
    {
        await using var line = await SendingLine.Open(_parley, version);
        line.Simulated.Options.ServerAckAfter = line.Simulated.Options.DeliveryAckAfter = null;
        var to = TestGateway.NewPhone();
        var body = SendingLine.Text($"+{to}", "hello");
        body["metadata"] = new JsonObject { ["order"] = "17" };
        var taken = (await line.Post(body)).Expect(202);
        var id = taken.Text("id");
        Assert.Equal($"/messages/{id}", taken.Header("Location"));
        Assert.Equal("pending", taken.Text("status"));
        Assert.Equal("out", taken.Text("direction"));
        Assert.Equal(1, taken.Number("sequence"));
        Assert.Equal("17", taken.Json["metadata"]!["order"]!.GetValue<string>());
        Assert.Equal($"+{to}", taken.Text("requestedTo"));
        Assert.NotNull(taken.Json["expiresAt"]);

        // Taken by the gateway is not sent: WhatsApp's own ack tells that.
        var named = await line.UntilNamed(id);
        Assert.Equal("pending", named["status"]!.GetValue<string>());
        Assert.Null(named["sentAt"]);
        var externalId = named["externalId"]!.GetValue<string>();
        var times = new[] { ("SERVER_ACK", "sent"), ("DELIVERY_ACK", "delivered"), ("READ", "read") };
        foreach (var (ack, status) in times)
        {
            line.Instance.Receipts.Tell(externalId, ack);
            var message = await line.Until(id, status);
            Assert.NotNull(message[$"{status}At"]);
        }

        var only = await line.OnlyMessage(id);
        Assert.Equal("read", only["status"]!.GetValue<string>());
        Assert.Null(only["error"]);
        var sent = line.Sent[0];
        Assert.Equal((externalId, "hello", Jid.Phone(to)), (sent.Id, sent.Text, sent.To));
    }

    [Theory]
    [InlineData(EchoTiming.Before, "2.3.7")]
    [InlineData(EchoTiming.AsItComes, "2.3.7")]
    [InlineData(EchoTiming.After, "2.3.7")]
    [InlineData(EchoTiming.Never, "2.3.7")]
    [InlineData(EchoTiming.Before, "2.3.6")]
    [InlineData(EchoTiming.Before, "2.3.2")]
    [InlineData(EchoTiming.Before, "1.8.2")]
    public async Task An_echo_is_the_message_itself_whenever_and_however_often_it_comes(EchoTiming timing, string version)
    {
        await using var line = await SendingLine.Open(_parley, version);
        line.Simulated.Options.Echo = timing;
        line.Simulated.Webhooks.Next(new DuplicateWebhook("send.message", 2));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.Until(id, "delivered");

        // And once more as what was typed on the phone, after everything.
        await line.Simulated.Settle();
        line.Instance.Phone.DeliverAgain(line.Sent[0].Id);
        var only = await line.OnlyMessage(id);
        Assert.Equal("delivered", only["status"]!.GetValue<string>());
        Assert.Equal(1, only["sequence"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_echo_waits_for_the_answer_of_the_send_that_it_may_be()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.Echo = EchoTiming.Before;
        var answers = new TaskCompletionSource();
        line.Simulated.Faults.Next("message/sendText", RestFault.Slow(answers.Task));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await Poll.Until(
            () => Task.FromResult(line.Simulated.Webhooks.Posted.Any(static w => w.Event == "send.message" && w.Answers.Contains(200))), "the echo");
        var waiting = Assert.Single(await line.Messages());
        Assert.Equal("pending", waiting["status"]!.GetValue<string>());
        Assert.Null(waiting["externalId"]);
        answers.SetResult();

        Assert.Equal(1, (await line.OnlyMessage(id))["sequence"]!.GetValue<int>());
    }

    [Fact]
    public async Task Receipts_and_echo_in_the_opposite_order_after_the_answer_change_nothing()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.ReadAckAfter = TimeSpan.FromMilliseconds(80);
        line.Simulated.Webhooks.Next(new HoldWebhook("send.message"));
        line.Simulated.Webhooks.Next(new HoldWebhook("messages.update") { Times = 3 });
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.UntilNamed(id);
        await line.Simulated.Settle();
        await line.Simulated.Webhooks.Release(lastFirst: true);

        var only = await line.OnlyMessage(id);
        Assert.Equal("read", only["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Receipts_before_the_answer_wait_for_their_message()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.Echo = EchoTiming.Never;
        line.Simulated.Faults.Next("message/sendText", RestFault.Slow(TimeSpan.FromSeconds(1)));
        var id = await line.Send(TestGateway.NewPhone(), "hello");
        await line.Until(id, "delivered");
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task What_the_owner_types_meanwhile_is_another_message()
    {
        await using var line = await SendingLine.Open(_parley);
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        line.Simulated.Options.Echo = EchoTiming.Before;
        line.Simulated.Faults.Next("message/sendText", RestFault.Slow(TimeSpan.FromSeconds(1)));
        var id = await line.Send(ana.Phone, "hello");
        await Poll.Until(() => Task.FromResult(line.Sent.Count == 1), "it is out");
        var typed = line.Instance.Phone.OwnerWrites(ana, "hello");
        await line.UntilNamed(id);
        await Poll.Until(async () => (await line.Messages()).Count == 2, "both");
        await line.Simulated.Settle();
        var messages = await line.Messages();
        Assert.Equal([id, messages[1]["id"]!.GetValue<string>()], messages.Select(static m => m["id"]!.GetValue<string>()));
        Assert.Equal([line.Sent[0].Id, typed], messages.Select(static m => m["externalId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Receipts_that_name_a_hidden_id_are_the_messages()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.AcksByHiddenId = true;
        line.Simulated.Options.ReadAckAfter = TimeSpan.FromMilliseconds(100);
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var id = await line.Send(ana.Phone, "hello");
        await line.Until(id, "read");
        await line.OnlyMessage(id);
    }

    [Theory]
    [InlineData("5531987", "553187")]
    [InlineData("521", "52")]
    [InlineData("549", "54")]
    public async Task A_number_that_WhatsApp_knows_in_another_form_is_the_same_person(string asked, string known)
    {
        await using var line = await SendingLine.Open(_parley);
        var rest = TestGateway.NewPhone()[^8..];
        var (to, account) = asked.StartsWith("55", StringComparison.Ordinal) ? (asked[..5] + rest, known[..4] + rest) : (asked + "11" + rest, known + "11" + rest);
        line.Simulated.WhatsApp.AddPerson(account, "Ana");
        line.Simulated.Options.Echo = EchoTiming.Before;
        var id = await line.Send(to, "hello");
        await line.Until(id, "delivered");
        await line.OnlyMessage(id);
        Assert.Equal(Jid.Phone(account), line.Sent[0].To);
        Assert.Single((await line.Client.Get("/conversations")).Expect(200).Data);
    }

    [Fact]
    public async Task A_line_can_write_to_itself()
    {
        await using var line = await SendingLine.Open(_parley);
        line.Simulated.Options.Echo = EchoTiming.Before;
        var id = await line.Send(line.Phone, "a note");
        await line.Until(id, "delivered");
        await line.OnlyMessage(id);
    }

    [Fact]
    public async Task A_message_to_a_group_is_sent_as_soon_as_it_is_taken()
    {
        await using var line = await SendingLine.Open(_parley);
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var group = line.Simulated.WhatsApp.AddGroup("120363041234567890", "Shop", ana);
        var id = await line.Send(group.GroupJid, "hello all");
        await line.Until(id, "sent");
        await line.OnlyMessage(id);
        Assert.Equal(group.GroupJid, line.Sent[0].To);
    }

    [Fact]
    public async Task A_send_in_a_conversation_goes_to_its_person_over_its_line()
    {
        await using var line = await SendingLine.Open(_parley);
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        line.Instance.Phone.Write(ana, "hello?");
        await Poll.Until(async () => (await line.Messages()).Count == 1, "the message");
        var conversation = (await line.Messages())[0]["conversationId"]!.GetValue<string>();
        var taken = (await line.Client.Post($"/conversations/{conversation}/messages", new JsonObject { ["text"] = "yes?" })).Expect(202);
        Assert.Equal(conversation, taken.Text("conversationId"));
        Assert.Equal(2, taken.Number("sequence"));
        await line.Until(taken.Text("id"), "delivered");
        Assert.Equal(ana.PhoneJid, Assert.Single(line.Sent).To);

        // By its parties, in either order and any spelling.
        var number = ana.PhoneJid.Split('@')[0];
        foreach (var path in (string[])[$"/conversations/{line.Phone}/{number}/messages", $"/conversations/%2B{number}/{line.Phone}/messages"])
        {
            var other = (await line.Client.Post(path, new JsonObject { ["text"] = "yes!" })).Expect(202);
            Assert.Equal(conversation, other.Text("conversationId"));
            await line.Until(other.Text("id"), "delivered");
        }

        Assert.All(line.Sent, sent => Assert.Equal(ana.PhoneJid, sent.To));
        Assert.Equal(3, line.Sent.Count);
        (await line.Client.Post($"/conversations/{line.Phone}/5511987650009/messages", new JsonObject { ["text"] = "x" }))
            .Expect(404, "conversation_not_found");
        (await line.Client.Post($"/conversations/{line.Phone}/nobody/messages", new JsonObject { ["text"] = "x" })).Expect(400, "invalid_address");

        (await line.Client.Post("/conversations/nobody/messages", new JsonObject { ["text"] = "yes?" })).Expect(404, "conversation_not_found");
    }

    [Fact]
    public async Task A_person_known_by_a_hidden_id_is_sent_to_by_number()
    {
        await using var line = await SendingLine.Open(_parley, "2.3.6");
        var ana = line.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        line.Instance.Phone.Write(ana, "hello?", Addressing.HiddenId);
        await Poll.Until(async () => (await line.Messages()).Count == 1, "the message");
        var id = await line.Send(ana.HiddenJid!, "yes?");
        await line.Until(id, "delivered");
        await line.Simulated.Settle();
        Assert.Equal(ana.PhoneJid, Assert.Single(line.Sent).To);
        var messages = await line.Messages();
        Assert.Equal([1, 2], messages.Select(static m => m["sequence"]!.GetValue<int>()));
        Assert.Single(messages.Select(static m => m["conversationId"]!.GetValue<string>()).Distinct(StringComparer.Ordinal));
    }
}
