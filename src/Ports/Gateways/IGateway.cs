using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Ports.Gateways;

/// <summary>A kind of gateway: what Parley asks of one, in the domain's words.</summary>
/// <remarks>
/// No call that may have had an effect is repeated inside; calls that only read may be, within their time. Every URL is composed here from
/// <see cref="GatewayAccess"/> and the instance's name, nothing of a caller's request is passed on. Nothing secret is logged.
/// </remarks>
/// <exception cref="GatewayException">Any call; <see cref="GatewayException.Fault"/> says how much is known.</exception>
public interface IGateway
{
    /// <summary>The <c>kind</c> of a gateway that this one speaks to, as in <c>evolution</c>.</summary>
    string Kind { get; }

    /// <returns>The version that the gateway names, as in <c>2.3.7</c>.</returns>
    Task<string> ReadVersion(GatewayAccess gateway, CancellationToken cancellationToken);

    Task<IReadOnlyList<GatewayInstance>> ListInstances(GatewayAccess gateway, CancellationToken cancellationToken);

    /// <summary>Creates an instance with its webhook, and mends what the gateway ignored of it (v1: the webhook, groups).</summary>
    /// <returns>The webhook as the gateway says that it now is, read back.</returns>
    /// <exception cref="GatewayException"><see cref="GatewayFault.NameTaken"/>: it is there already, perhaps by an earlier try.</exception>
    Task<InstanceWebhook?> Create(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken);

    /// <summary>Mends what the gateway ignored at a creation, as <see cref="Create"/> does: of one that an earlier try made without hearing so.</summary>
    /// <returns>As of <see cref="Create"/>.</returns>
    Task<InstanceWebhook?> Complete(GatewayAccess gateway, InstanceOrder order, CancellationToken cancellationToken);

    /// <summary>Begins to connect. A QR code comes by webhook only: what this call gets may be used or stale.</summary>
    /// <param name="phoneNumber">Asks for a pairing code beside the QR code: digits; null = none.</param>
    Task<ConnectAnswer> Connect(GatewayAccess gateway, string instanceName, string? phoneNumber, CancellationToken cancellationToken);

    /// <returns>What the gateway says; it may say <c>open</c> of a socket that is dead.</returns>
    Task<InstanceState> ReadState(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken);

    /// <summary>Asks for a new socket. Success says nothing: wait for the webhooks.</summary>
    /// <exception cref="GatewayException"><see cref="GatewayFault.NotConnected"/>: there is no socket to restart; it can be connected.</exception>
    Task Restart(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken);

    /// <summary>Unpairs the device. One that is not connected is done.</summary>
    Task LogOut(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken);

    /// <summary>Deletes the instance (v1: logs out first). One that is not there is done.</summary>
    Task Delete(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken);

    /// <returns>Null when it has none.</returns>
    Task<InstanceWebhook?> ReadWebhook(GatewayAccess gateway, string instanceName, CancellationToken cancellationToken);

    /// <summary>Replaces the webhook, all keys of it.</summary>
    /// <returns>The webhook as the gateway says that it now is, read back.</returns>
    Task<InstanceWebhook?> SetWebhook(
        GatewayAccess gateway, string instanceName, InstanceWebhook webhook, CancellationToken cancellationToken);

    /// <summary>Sends a message once.</summary>
    /// <param name="leavesBy">Once it is over the message must not leave: it is looked at last of all, when everything is ready to be sent.</param>
    /// <param name="timeout">How long the gateway may take to answer, from when it is asked.</param>
    /// <exception cref="GatewayException">By its fault nothing was sent, or nobody knows (<see cref="GatewayException.MayHaveHappened"/>).</exception>
    Task<SendAnswer> Send(
        GatewayAccess gateway,
        string instanceName,
        OutgoingMessage message,
        Deadline leavesBy,
        TimeSpan timeout,
        CancellationToken cancellationToken);

    /// <param name="emoji">Null takes the reaction back.</param>
    /// <returns>When, by the clock that its webhook will tell, too; null = the gateway does not say.</returns>
    Task<DateTimeOffset?> React(
        GatewayAccess gateway, string instanceName, MessageReference message, string? emoji, CancellationToken cancellationToken);

    /// <returns>As of <see cref="React"/>.</returns>
    Task<DateTimeOffset?> Edit(GatewayAccess gateway, string instanceName, MessageReference message, string text, CancellationToken cancellationToken);

    /// <summary>Deletes a message for everyone.</summary>
    Task Revoke(GatewayAccess gateway, string instanceName, MessageReference message, CancellationToken cancellationToken);

    /// <summary>Shows the sender that messages were read (blue ticks).</summary>
    /// <param name="messages">Their chats must be numbers or groups: a gateway drops hidden ids without an error.</param>
    Task MarkRead(
        GatewayAccess gateway, string instanceName, IReadOnlyList<MessageReference> messages, CancellationToken cancellationToken);

    /// <param name="state">One of <c>composing</c>, <c>recording</c>, <c>paused</c>, <c>available</c>, <c>unavailable</c>.</param>
    Task SetPresence(GatewayAccess gateway, string instanceName, Address to, string state, CancellationToken cancellationToken);

    /// <param name="numbers">Digits, as the answer's <see cref="NumberCheck.Number"/> repeats them.</param>
    /// <returns>One per number, in the order asked.</returns>
    Task<IReadOnlyList<NumberCheck>> CheckNumbers(
        GatewayAccess gateway, string instanceName, IReadOnlyList<string> numbers, CancellationToken cancellationToken);

    /// <summary>Reads a group's name, picture and people.</summary>
    /// <returns>As a webhook would tell it.</returns>
    Task<WebhookReading> ReadGroup(GatewayAccess gateway, string instanceName, Address group, CancellationToken cancellationToken);

    /// <summary>Reads the gateway's own list of messages, newest first.</summary>
    /// <returns>A page as a webhook would tell it, with <see cref="MessageOrigin.Sync"/>.</returns>
    Task<MessagesPage> ReadMessages(
        GatewayAccess gateway, string instanceName, MessagesQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the bytes of a message's media.</summary>
    /// <param name="create">Begins a file of the media store.</param>
    /// <exception cref="GatewayException"><see cref="GatewayFault.Gone"/>: WhatsApp or the gateway no longer has them.
    /// <see cref="GatewayFault.TooLarge"/>: there are more than are taken.</exception>
    Task<FetchedMedia> ReadMedia(
        GatewayAccess gateway,
        string instanceName,
        MessageReference message,
        Func<CancellationToken, Task<IMediaWriter>> create,
        CancellationToken cancellationToken);
}
