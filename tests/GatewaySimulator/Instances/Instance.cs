using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator.Instances;

/// <summary>An instance of the gateway: a line's seat in it.</summary>
public sealed class Instance
{
    internal Instance(SimulatedGateway gateway, string name, string token, string? number)
    {
        Gateway = gateway;
        Name = name;
        Token = token;
        Number = number;
        Settings = InstanceSettings.Initial(gateway.Dialect);
        Messages = new MessageStore();
        Events = new EventQueue(gateway);
        Connection = new Connection(this);
        Phone = new PhoneSide(this);
        Sends = new Sends(this);
        Receipts = new Receipts(this);
    }

    /// <summary>Its integration, as the calls name it.</summary>
    internal string Integration => IsOwnChannel ? "EVOLUTION" : "WHATSAPP-BAILEYS";

    public string Name { get; }

    public string Id { get; } = NewIds.Instance();

    /// <summary>Its own key.</summary>
    public string Token { get; }

    /// <summary>As given at create; null = none. Says nothing about the account that is paired.</summary>
    public string? Number { get; }

    /// <summary>Its integration is <c>EVOLUTION</c>, the gateway's channel for other programs: always open, nothing paired, no ticks.</summary>
    public bool IsOwnChannel { get; internal init; }

    /// <summary>Null = it has none.</summary>
    public WebhookRow? Webhook { get; internal set; }

    public JsonObject Settings { get; internal set; }

    /// <summary>The socket to WhatsApp: pairing, losses, log-outs.</summary>
    public Connection Connection { get; }

    /// <summary>What people and the owner do on their phones.</summary>
    public PhoneSide Phone { get; }

    /// <summary>The ticks of messages that were sent.</summary>
    public Receipts Receipts { get; }

    /// <summary>The gateway's own list of messages.</summary>
    public MessageStore Messages { get; internal set; }

    /// <summary>The account that is paired; null = none.</summary>
    public Person? Account { get; internal set; }

    /// <summary>The own address, once it was open in this process; stays after a log-out.</summary>
    public string? Sender { get; internal set; }

    /// <summary>The profile name of the account; stays after a log-out.</summary>
    public string? ProfileName { get; internal set; }

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    internal SimulatedGateway Gateway { get; }

    internal EventQueue Events { get; }

    internal Sends Sends { get; }

    internal string SettingsRow { get; } = NewIds.Row();

    internal ContactBook Contacts { get; } = new();

    internal Task Post(string eventName, JsonNode? data, Task? after = null) => Gateway.Webhooks.Post(this, eventName, data, after);
}
