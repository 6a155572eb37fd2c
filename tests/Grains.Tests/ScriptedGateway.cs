using System.Collections.Concurrent;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>A gateway that answers sends as a test says, and remembers what it was asked. Other calls are not expected of it.</summary>
internal sealed class ScriptedGateway : IGateway
{
    public delegate Task<SendAnswer> SendScript(OutgoingMessage message, int call);

    private readonly ConcurrentDictionary<string, SendScript> _scripts = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<OutgoingMessage>> _asked = new();
    private readonly ConcurrentDictionary<string, Func<string?, WebhookReading>> _reads = new();
    private readonly ConcurrentDictionary<string, Func<Func<CancellationToken, Task<IMediaWriter>>, Task<FetchedMedia>>> _media = new();
    private readonly ConcurrentDictionary<string, Func<Address, WebhookReading>> _groups = new();
    private readonly ConcurrentDictionary<string, Func<MessagesQuery, MessagesPage>> _pages = new();
    private int _answers;

    public string Kind => "scripted";

    /// <summary>What an instance answers when it is asked to send; takes everything where nothing is said.</summary>
    public void OnSend(string instanceName, SendScript script) => _scripts[instanceName] = script;

    /// <summary>What an instance has in its list under a gateway id.</summary>
    public void OnRead(string instanceName, Func<string?, WebhookReading> read) => _reads[instanceName] = read;

    /// <summary>What an instance has on a page of its list.</summary>
    public void OnPage(string instanceName, Func<MessagesQuery, MessagesPage> read) => _pages[instanceName] = read;

    /// <summary>What an instance says of a group.</summary>
    public void OnGroup(string instanceName, Func<Address, WebhookReading> read) => _groups[instanceName] = read;

    /// <summary>What there is of a message's media.</summary>
    public void OnMedia(string externalId, Func<Func<CancellationToken, Task<IMediaWriter>>, Task<FetchedMedia>> media) => _media[externalId] = media;

    /// <summary>What an instance was asked to send, in the order of the calls.</summary>
    public IReadOnlyList<OutgoingMessage> Asked(string instanceName) => [.. _asked.GetValueOrDefault(instanceName) ?? []];

    public SendAnswer Take(OutgoingMessage message, string? externalId = null) =>
        new(externalId ?? $"SENT{Interlocked.Increment(ref _answers)}", message.To, MessageStatus.Pending, Chat.Start);

    public async Task<SendAnswer> Send(
        GatewayAccess gateway,
        string instanceName,
        OutgoingMessage message,
        Deadline leavesBy,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var asked = _asked.GetOrAdd(instanceName, static _ => new ConcurrentQueue<OutgoingMessage>());
        asked.Enqueue(message);
        return _scripts.TryGetValue(instanceName, out var script) ? await script(message, asked.Count) : Take(message);
    }

    public Task<string> ReadVersion(GatewayAccess gateway, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<GatewayInstance>> ListInstances(GatewayAccess gateway, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceWebhook?> Create(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InstanceWebhook?> Complete(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ConnectAnswer> Connect(
        GatewayAccess gateway, string instanceName, string? phoneNumber, CancellationToken cancellationToken) => throw new NotSupportedException();

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

    public Task<DateTimeOffset?> React(
        GatewayAccess gateway, string instanceName, MessageReference message, string? emoji, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DateTimeOffset?> Edit(
        GatewayAccess gateway, string instanceName, MessageReference message, string text, CancellationToken cancellationToken) =>
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
        _pages.TryGetValue(instanceName, out var pages) ? Task.FromResult(pages(query))
            : _reads.TryGetValue(instanceName, out var read)
            ? Task.FromResult(new MessagesPage(read(query.ExternalId), null, null))
            : throw new GatewayException(GatewayFault.InstanceMissing, "There is no such instance.");

    public Task<WebhookReading> ReadGroup(GatewayAccess gateway, string instanceName, Address group, CancellationToken cancellationToken) =>
        _groups.TryGetValue(instanceName, out var read)
            ? Task.FromResult(read(group))
            : throw new GatewayException(GatewayFault.InstanceMissing, "There is no such instance.");

    public Task<FetchedMedia> ReadMedia(
        GatewayAccess gateway,
        string instanceName,
        MessageReference message,
        Func<CancellationToken, Task<IMediaWriter>> create,
        CancellationToken cancellationToken) => _media.TryGetValue(message.ExternalId, out var media)
            ? media(create)
            : throw new GatewayException(GatewayFault.Gone, "There is no such message.");
}
