using System.Security.Cryptography;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>The sending side of one tenant's line: its session, its queue, its sender, and what its gateway was asked.</summary>
internal sealed class Outbox(Cluster cluster, string tenant)
{
    public const string SessionId = "shop";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Instance { get; } = $"i-{Guid.NewGuid():N}";

    public IReadOnlyList<OutgoingMessage> Asked => cluster.Gateway.Asked(Instance);

    public async Task Open(SessionStatus status = SessionStatus.Open, int? perMinute = null, Address? number = null, string sessionId = SessionId)
    {
        var gateways = cluster.Get<Gateways>();
        await cluster.Get<IGatewayStore>().CreateGateway(
            new Gateway("g1", cluster.Gateway.Kind, "http://gateway.invalid", gateways.Protect("key"), SHA256.HashData("sends"u8), "", Chat.Start, Chat.Start),
            CancellationToken.None);
        var sessions = cluster.Get<ISessionStore>();
        var kept = await sessions.ReadSession(tenant, sessionId, CancellationToken.None);
        await sessions.Commit(
            new SessionCommit
            {
                TenantId = tenant,
                Session = new Session
                {
                    SessionId = sessionId,
                    Version = (kept?.Version ?? 0) + 1,
                    GatewayId = "g1",
                    InstanceName = Instance,
                    Status = status,
                    PhoneNumber = number ?? Chat.Line,
                    Settings = new SessionSettings { SendsPerMinute = perMinute },
                    CreatedAt = Chat.Start,
                    UpdatedAt = Chat.Start,
                },
            },
            CancellationToken.None);
    }

    public void OnSend(ScriptedGateway.SendScript script) => cluster.Gateway.OnSend(Instance, script);

    public SendAnswer Take(OutgoingMessage message, string? externalId = null) => cluster.Gateway.Take(message, externalId);

    public static QueueRequest Order(Guid id, string text, Address? to = null, TimeSpan? life = null, string sessionId = SessionId)
    {
        var address = to ?? Chat.Phone;
        var isGroup = address.Kind == AddressKind.Group;
        var opening = new ConversationOpening(
            isGroup ? ConversationKind.Group : ConversationKind.Direct,
            Chat.Line,
            isGroup ? null : Party.Of(address),
            isGroup ? address : null,
            [AddressPair.Of(Chat.Line, address)]);
        var content = new MessageContent { Type = MessageType.Text, Text = text };
        return new QueueRequest(
            opening, new SendOrder(id, sessionId, Chat.Line, address, content, DateTimeOffset.UtcNow + (life ?? TimeSpan.FromMinutes(10))));
    }

    public IConversationGrain Conversation(Address? to = null, int silo = 0) => cluster.Factories[silo % cluster.Factories.Count]
        .GetGrain<IConversationGrain>(GrainKey.Of(tenant, ConversationId.Of(Chat.Line, to ?? Chat.Phone)));

    /// <summary>Puts a message into the queue, and wakes nobody.</summary>
    public async Task<Guid> Queue(string text, Address? to = null, TimeSpan? life = null, string sessionId = SessionId)
    {
        var id = Guid.CreateVersion7();
        var reply = await Conversation(to).Queue(Order(id, text, to, life, sessionId));
        Assert.Equal(QueueOutcome.Queued, reply.Outcome);
        return id;
    }

    public ISenderGrain Sender(int silo = 0) => cluster.Factories[silo % cluster.Factories.Count].GetGrain<ISenderGrain>(GrainKey.Of(tenant, SessionId));

    /// <summary>Wakes the sender until the queue is empty and nothing is left over.</summary>
    public async Task Drain()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await Sender().Run())
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    public async Task<int> Echoes() =>
        (await cluster.Get<ISendQueue>().ListEchoes(tenant, Chat.Line.Canonical, 100, CancellationToken.None)).Count;

    public async Task<Message> Read(Guid id) => (await cluster.Store.FindById(tenant, id, CancellationToken.None))!.Message!;

    public async Task<Message> Until(Guid id, Func<Message, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = await Read(id);
            if (condition(message))
            {
                return message;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>Delivers the echo of an own message the way a webhook does; one that is dated as a gateway's list tells it.</summary>
    public async Task Echo(
        string externalId, string text, Address? to = null, MessageStatus status = MessageStatus.Pending, DateTimeOffset? listedAt = null)
    {
        var address = to ?? Chat.Phone;
        var content = new MessageContent { Type = MessageType.Text, Text = text };
        var message = Chat.Message(externalId, Direction.Out, SessionId).Message with { To = address, Content = content, Status = status };
        if (listedAt is { } at)
        {
            message = message with { Origin = MessageOrigin.Sync, Timestamp = at };
        }

        var routed = new RoutedMessage(0, message, Party.Of(address), null);
        await InTenant(async () =>
        {
            var parked = await cluster.Get<Echoes>().Park(tenant, Chat.Line, [routed], CancellationToken.None);
            if (parked.Count == 0)
            {
                await cluster.Get<MessageRouter>().Keep(tenant, Chat.Line, [routed], static (_, _) => { }, CancellationToken.None);
            }
        });
    }

    /// <summary>Runs what calls grains of this tenant on its own account.</summary>
    public async Task InTenant(Func<Task> action)
    {
        TenantContext.Set(tenant);
        await action();
    }
}
