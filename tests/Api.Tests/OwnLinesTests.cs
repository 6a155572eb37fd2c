using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;

namespace Parley.Api.Tests;

/// <summary>Two lines of one tenant that write to each other share a conversation: each is the other's contact in it.</summary>
public sealed class OwnLinesTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Each_line_writes_to_the_other_one_whoever_began()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (one, other) = (await Line.Open(gateway, "one"), await Line.Open(gateway, "other"));
        var first = await one.Send(other.Phone, "hello");
        var answer = await other.Send(one.Phone, "hello yourself");
        Assert.Equal(first["conversationId"]!.GetValue<string>(), answer["conversationId"]!.GetValue<string>());
        Assert.Equal((other.Phone, one.Phone), (answer["from"]!.GetValue<string>(), answer["to"]!.GetValue<string>()));
        Assert.Equal([Jid.Phone(other.Phone)], one.Recipients);
        Assert.Equal([Jid.Phone(one.Phone)], other.Recipients);

        // By the conversation alone.
        var conversation = Uri.EscapeDataString(first["conversationId"]!.GetValue<string>());
        foreach (var line in (Line[])[one, other])
        {
            var again = (await gateway.Tenant.Client.Post(
                $"/conversations/{conversation}/messages", new JsonObject { ["sessionId"] = line.SessionId, ["text"] = "again" })).Expect(202);
            await line.UntilNamed(again.Text("id"));
        }

        Assert.Equal([Jid.Phone(other.Phone), Jid.Phone(other.Phone)], one.Recipients);
        Assert.Equal([Jid.Phone(one.Phone), Jid.Phone(one.Phone)], other.Recipients);
    }

    [Fact]
    public async Task Changes_reactions_and_receipts_name_the_other_line()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (one, other) = (await Line.Open(gateway, "one"), await Line.Open(gateway, "other"));
        var first = await one.Send(other.Phone, "hello");
        var answer = await other.Send(one.Phone, "hello yourself");

        // The gateways tell each line what the other one wrote.
        var (toOther, toOne) = (await Come(other, one, "hello"), await Come(one, other, "hello yourself"));
        (await gateway.Tenant.Client.Send(
            HttpMethod.Put, $"/messages/{toOther}/reaction", ParleyClient.Text(new JsonObject { ["emoji"] = "👍" }.ToJsonString()))).Expect(200);
        (await gateway.Tenant.Client.Send(
            HttpMethod.Put, $"/messages/{toOne}/reaction", ParleyClient.Text(new JsonObject { ["emoji"] = "👍" }.ToJsonString()))).Expect(200);
        (await gateway.Tenant.Client.Send(
            HttpMethod.Patch, $"/messages/{answer["id"]}", ParleyClient.Text(new JsonObject { ["text"] = "changed" }.ToJsonString()))).Expect(200);
        (await gateway.Tenant.Client.Post($"/messages/{answer["id"]}/revoke")).Expect(200);
        var read = (await gateway.Tenant.Client.Post(
            $"/conversations/{Uri.EscapeDataString(first["conversationId"]!.GetValue<string>())}/read", new JsonObject { ["receipt"] = true })).Expect(200);

        Assert.Equal("sent", read.Text("receipt"));
        Assert.All(one.Recipients, to => Assert.Equal(Jid.Phone(other.Phone), to));
        Assert.All(other.Recipients, to => Assert.Equal(Jid.Phone(one.Phone), to));
        Assert.Equal(["conversation", "reactionMessage"], one.Sent.Select(static s => s.Type));
        Assert.Equal(["conversation", "reactionMessage", "edit", "revoke"], other.Sent.Select(static s => s.Type));
        Assert.Equal(
            [(one.Instance.Name, Jid.Phone(other.Phone)), (other.Instance.Name, Jid.Phone(one.Phone))],
            gateway.Simulated.WhatsApp.Reads.Select(static r => (r.Instance, r.Chat)).OrderBy(r => r.Instance == one.Instance.Name ? 0 : 1));

        async Task<string> Come(Line to, Line from, string text)
        {
            to.Instance.Phone.Write(gateway.Simulated.WhatsApp.FindOrAdd(Jid.Phone(from.Phone)), text);
            JsonNode? found = null;
            await Poll.Until(
                async () => (found = (await gateway.Tenant.Client.Get($"/messages?sessionId={to.SessionId}&direction=in")).Data.FirstOrDefault()) is not null,
                $"'{text}' at {to.SessionId}");
            return found!["id"]!.GetValue<string>();
        }
    }

    /// <summary>What one line's message is told as, by a hidden id that nobody knows, says nothing of the other line.</summary>
    [Fact]
    public async Task A_hidden_id_of_one_line_is_not_taken_for_the_other_ones()
    {
        var tenant = await _parley.NewTenant();
        var (one, other) = (TestGateway.NewPhone(), TestGateway.NewPhone());
        await tenant.Accept(Of(one, Webhook.Text(Jid.Phone(other), "hello", fromMe: true, instance: "one")));
        var id = Webhook.NewId();
        await tenant.Accept(Of(other, Webhook.Text(Jid.Phone(one), "again", id, instance: "other")));
        await tenant.Accept(Of(other, Webhook.Text("100000000000055@lid", "again", id, instance: "other")));

        var conversation = Assert.Single((await tenant.Client.Get("/conversations")).Expect(200).Data)!;
        Assert.Equal((one, other), (conversation["line"]!["address"]!.GetValue<string>(), conversation["contact"]!["phoneNumber"]!.GetValue<string>()));
        Assert.Null(conversation["contact"]!["lid"]);

        static JsonObject Of(string line, JsonObject body)
        {
            body["sender"] = Jid.Phone(line);
            return body;
        }
    }

    private sealed class Line(TestGateway gateway, string sessionId, string phone, Instance instance)
    {
        public string SessionId => sessionId;

        public string Phone => phone;

        public Instance Instance => instance;

        public IReadOnlyList<SentMessage> Sent => [.. gateway.Simulated.WhatsApp.Sent.Where(s => s.Instance == instance.Name)];

        public IEnumerable<string> Recipients => Sent.Select(static s => s.To);

        public static async Task<Line> Open(TestGateway gateway, string sessionId)
        {
            var phone = TestGateway.NewPhone();
            return new Line(gateway, sessionId, phone, await gateway.OpenSession(sessionId, phone));
        }

        public async Task<JsonNode> Send(string to, string text) => await UntilNamed(
            (await gateway.Tenant.Client.Post("/messages", new JsonObject { ["sessionId"] = sessionId, ["to"] = to, ["text"] = text })).Expect(202).Text("id"));

        public async Task<JsonNode> UntilNamed(string id)
        {
            JsonNode? message = null;
            await Poll.Until(
                async () => (message = (await gateway.Tenant.Client.Get($"/messages/{id}")).Expect(200).Json)["externalId"] is not null, $"{id} is named");
            return message!;
        }
    }
}
