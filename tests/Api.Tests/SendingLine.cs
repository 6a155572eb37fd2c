using System.Text.Json.Nodes;
using Parley.GatewaySimulator;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;

namespace Parley.Api.Tests;

/// <summary>A tenant's open line at a simulated gateway, and what is sent over it.</summary>
internal sealed class SendingLine : IAsyncDisposable
{
    public const string SessionId = "shop-1";

    private SendingLine(TestGateway gateway, Instance instance, string phone) => (Gateway, Instance, Phone) = (gateway, instance, phone);

    public TestGateway Gateway { get; }

    public SimulatedGateway Simulated => Gateway.Simulated;

    public Instance Instance { get; }

    /// <summary>Digits.</summary>
    public string Phone { get; }

    public TestTenant Tenant => Gateway.Tenant;

    public ParleyClient Client => Tenant.Client;

    /// <summary>What WhatsApp got from the line, in the order in which it left.</summary>
    public IReadOnlyList<SentMessage> Sent => [.. Simulated.WhatsApp.Sent.Where(m => m.Instance == Instance.Name)];

    public static async Task<SendingLine> Open(ParleyProcess parley, string version = "2.3.7", TestTenant? tenant = null)
    {
        var gateway = await TestGateway.Start(parley, version, tenant);
        var phone = TestGateway.NewPhone();
        return new SendingLine(gateway, await gateway.OpenSession(SessionId, phone), phone);
    }

    /// <summary>A message with one content.</summary>
    public static JsonObject Message(string to, string kind, JsonNode content) =>
        new() { ["sessionId"] = SessionId, ["to"] = to, [kind] = content };

    public static JsonObject Text(string to, string text) => Message(to, "text", text);

    public Task<Answer> Post(JsonNode body, params (string Name, string Value)[] headers) => Client.Post("/messages", body, headers);

    /// <summary>Sends a message that must be taken.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> Send(JsonNode body, params (string Name, string Value)[] headers) =>
        (await Post(body, headers)).Expect(202).Text("id");

    public Task<string> Send(string to, string text) => Send(Text(to, text));

    public async Task<JsonNode> Read(string id) => (await Client.Get($"/messages/{id}")).Expect(200).Json;

    /// <summary>Waits until a message is as wanted.</summary>
    /// <param name="patience">Null = half a minute.</param>
    public async Task<JsonNode> Until(string id, Func<JsonNode, bool> condition, string what, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            var message = await Read(id);
            if (condition(message))
            {
                return message;
            }

            Assert.True(DateTime.UtcNow < deadline, $"It never was {what}: {message.ToJsonString()}");
            await Task.Delay(50);
        }
    }

    public Task<JsonNode> Until(string id, string status, TimeSpan? patience = null) =>
        Until(id, m => m["status"]!.GetValue<string>() == status, status, patience);

    /// <summary>Waits until the gateway's answer, or an echo, has named a message.</summary>
    public Task<JsonNode> UntilNamed(string id) => Until(id, static m => m["externalId"] is not null, "named");

    /// <summary>Waits until a message has failed.</summary>
    public async Task<JsonNode> UntilFailed(string id, string code, TimeSpan? patience = null)
    {
        var message = await Until(id, "failed", patience);
        Assert.Equal(code, message["error"]!["code"]!.GetValue<string>());
        return message;
    }

    /// <summary>All messages of the line, the oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> Messages() =>
        [.. (await Client.All($"/messages?sessionId={SessionId}", 100)).OrderBy(static m => m["createdAt"]!.GetValue<DateTimeOffset>())];

    /// <summary>Waits until it is out and nothing is under way, and holds the line's only message against the one that WhatsApp got.</summary>
    public async Task<JsonNode> OnlyMessage(string id)
    {
        await Poll.Until(() => Task.FromResult(Sent.Count > 0), "it is out");
        await Simulated.Settle();
        var sent = Assert.Single(Sent);
        await Until(id, m => m["externalId"]?.GetValue<string>() == sent.Id, $"named {sent.Id}");
        JsonNode? only = null;
        await Poll.Until(
            async () =>
            {
                var messages = await Messages();
                only = messages[0];
                return messages.Count == 1;
            },
            "it is the only message of the line");
        Assert.Equal(id, only!["id"]!.GetValue<string>());
        var conversation = (await Client.Get($"/conversations/{only["conversationId"]}")).Expect(200);
        Assert.Equal(1, conversation.Number("messageCount"));
        Assert.Equal(1, conversation.Number("outboundCount"));
        return only;
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
