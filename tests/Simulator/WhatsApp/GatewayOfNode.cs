using Parley.Domain.Addresses;
using Parley.Grains.Abstractions;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Simulator.Hosting;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.WhatsApp;

/// <summary>A node's way to the gateway. Histories only send.</summary>
internal sealed class GatewayOfNode(SimulatedGateway gateway, Node node, SeededScheduler scheduler) : IGateway
{
    public string Kind => SimulatedGateway.Kind;

    public async Task<SendAnswer> Send(
        GatewayAccess access,
        string instanceName,
        OutgoingMessage message,
        Deadline leavesBy,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        if (leavesBy.IsOver)
        {
            throw new GatewayException(GatewayFault.TooLate, "It would have left too late.");
        }

        try
        {
            var answer = await scheduler.World.Run(() => SendOutside(message, timeout)).WaitAsync(timeout, scheduler.Time, cancellationToken);
            gateway.Heard(message, answer);
            return answer;
        }
        catch (TimeoutException e)
        {
            throw new GatewayException(GatewayFault.Unknown, "No answer in time.", e);
        }
    }

    /// <summary>Beyond the node nothing is done in a tenant's name.</summary>
    private Task<SendAnswer> SendOutside(OutgoingMessage message, TimeSpan timeout)
    {
        TenantContext.Clear();
        return gateway.Send(node, message, timeout);
    }

    public Task<string> ReadVersion(GatewayAccess gateway, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<GatewayInstance>> ListInstances(GatewayAccess gateway, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceWebhook?> Create(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceWebhook?> Complete(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ConnectAnswer> Connect(GatewayAccess gateway, string instanceName, string? phoneNumber, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceState> ReadState(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task Restart(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task LogOut(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task Delete(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<InstanceWebhook?> ReadWebhook(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceWebhook?> SetWebhook(
        GatewayAccess gateway, string instanceName, InstanceWebhook webhook, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DateTimeOffset?> React(GatewayAccess gateway, string instanceName, MessageReference message, string? emoji, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DateTimeOffset?> Edit(GatewayAccess gateway, string instanceName, MessageReference message, string text, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task Revoke(GatewayAccess gateway, string instanceName, MessageReference message, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task MarkRead(
        GatewayAccess gateway, string instanceName, IReadOnlyList<MessageReference> messages, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SetPresence(GatewayAccess gateway, string instanceName, Address to, string state, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<NumberCheck>> CheckNumbers(
        GatewayAccess gateway, string instanceName, IReadOnlyList<string> numbers, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<MessagesPage> ReadMessages(
        GatewayAccess gateway, string instanceName, MessagesQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new MessagesPage(NothingStored(instanceName), null, 0));

    public Task<WebhookReading> ReadGroup(GatewayAccess gateway, string instanceName, Address group, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<FetchedMedia> ReadMedia(
        GatewayAccess gateway,
        string instanceName,
        MessageReference message,
        Func<CancellationToken, Task<IMediaWriter>> create,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>A gateway that keeps no messages: what is missing stays so.</summary>
    private static WebhookReading NothingStored(string instanceName) =>
        new() { Event = "messages.set", Instance = instanceName, Items = [], PayloadOf = static _ => default };
}
