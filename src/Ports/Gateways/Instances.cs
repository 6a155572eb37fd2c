using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Sessions;

namespace Parley.Ports.Gateways;

/// <summary>An instance in a gateway's list. Its token is left out.</summary>
/// <param name="State">As the list says; may lag behind <see cref="IGateway.ReadState"/>. Null when it says none.</param>
/// <param name="PhoneNumber">The account that is really paired, or the number of a channel that pairs with none; null = none.</param>
/// <param name="Acknowledges">Whether it ever tells that a message was sent: a channel that is not WhatsApp does not.</param>
public sealed record GatewayInstance(string InstanceName, SessionStatus? State, Address? PhoneNumber, bool Acknowledges = true);

/// <summary>A new instance.</summary>
/// <param name="InstanceName">Unguessable, never used before.</param>
/// <param name="Token">The instance's own token: never handed out.</param>
/// <param name="PhoneNumber">Digits; asks for a pairing code beside the QR code. Null = none.</param>
public sealed record InstanceOrder(string InstanceName, string Token, InstanceWebhook Webhook, string? PhoneNumber = null)
{
    public override string ToString() => InstanceName;
}

/// <summary>Where an instance posts what happens. Has secrets in its URL and headers: never logged.</summary>
/// <param name="Events">Upper case with underscores, as in <c>MESSAGES_UPSERT</c>.</param>
/// <param name="Headers">Sent along with each webhook (v2 only).</param>
/// <param name="ByEvents">Whether the event's name is appended to the URL.</param>
/// <param name="Base64">Whether media bytes come along.</param>
/// <param name="IsOwn">It is Parley's: bytes come along only where one that cannot be had costs no message (not in v1). One that was found on
/// an instance is put back as it was.</param>
public sealed record InstanceWebhook(
    string Url,
    ImmutableArray<string> Events,
    ImmutableSortedDictionary<string, string> Headers,
    bool Enabled = true,
    bool ByEvents = false,
    bool Base64 = false,
    bool IsOwn = false)
{
    /// <summary>What a conversation needs of a gateway's events.</summary>
    public static ImmutableArray<string> NeededEvents { get; } =
    [
        "MESSAGES_SET", "MESSAGES_UPSERT", "MESSAGES_UPDATE", "MESSAGES_DELETE", "MESSAGES_EDITED", "SEND_MESSAGE", "SEND_MESSAGE_UPDATE",
        "CONNECTION_UPDATE", "QRCODE_UPDATED", "STATUS_INSTANCE", "LOGOUT_INSTANCE", "REMOVE_INSTANCE", "CONTACTS_UPSERT", "GROUPS_UPSERT",
    ];

    public override string ToString() => nameof(InstanceWebhook);
}

/// <summary>What came of asking to connect.</summary>
/// <param name="State">The state that the answer tells; null = none.</param>
/// <param name="PairingCode">Eight characters to type on the phone; null = none. It may be stale, as a QR code may.</param>
public sealed record ConnectAnswer(SessionStatus? State, string? PairingCode)
{
    public override string ToString() => $"{nameof(ConnectAnswer)} {State}";
}

/// <summary>A gateway's word on an instance.</summary>
/// <param name="Status">Null when the gateway has the instance in its database only.</param>
/// <param name="Word">The very word, for people.</param>
public sealed record InstanceState(SessionStatus? Status, string? Word);

/// <summary>Whether a number has WhatsApp.</summary>
/// <param name="Address">The account's address as WhatsApp has it; null when there is none.</param>
public sealed record NumberCheck(string Number, bool Exists, Address? Address);
