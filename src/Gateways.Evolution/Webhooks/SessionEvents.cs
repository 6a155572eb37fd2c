using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>The state of the instance (webhooks, 5.6 and 5.7).</summary>
internal static class SessionEvents
{
    /// <summary>Characters of a reason that are kept, in the session and in each of its changes of state.</summary>
    private const int MostOfReason = 256;

    public static void ReadConnection(JsonElement data, Findings findings)
    {
        var code = ReasonOf(data.Get("statusReason"u8));
        switch (data.Get("state"u8).Text()?.ToLowerInvariant())
        {
            case "open":
                Add(findings, SessionStatus.Open, reason: null, findings.Envelope.Line);
                break;
            case "connecting":
                Add(findings, SessionStatus.Connecting);
                break;
            case "close" or "closed":
                Add(findings, SessionStatus.Close, code);
                break;
            case "refused":
                Add(findings, SessionStatus.Close, "refused");
                break;
            default:
                findings.Quarantine("unknown_state", "A connection state that is not known.");
                break;
        }
    }

    public static void ReadQr(JsonElement data, Findings findings)
    {
        var qr = data.Get("qrcode"u8);
        if (!qr.IsObject())
        {
            // The gateway shows no more codes: the session has ended.
            Add(findings, SessionStatus.Close, data.Get("message"u8).Words() ?? "QR code limit reached");
            return;
        }

        Add(findings, SessionStatus.Connecting);
        var code = qr.Get("code"u8).Words();
        var pairing = qr.Get("pairingCode"u8).Words();
        if (code is not null || pairing is not null)
        {
            findings.Add(new QrObserved(code, pairing));
        }
    }

    public static void ReadStatus(JsonElement data, Findings findings)
    {
        // 1.x and 2.0 tell so whenever they load an instance, a paired one too.
        if (data.Get("status"u8) is { ValueKind: JsonValueKind.String } status && status.ValueEquals("created"u8))
        {
            findings.Ignore("instance_loaded");
        }
        else
        {
            Add(findings, SessionStatus.Close, ReasonOf(data.Get("disconnectionReasonCode"u8)));
        }
    }

    public static void ReadLogout(Findings findings) => Add(findings, SessionStatus.Close, "logout");

    public static void ReadCreated(Findings findings) => Add(findings, SessionStatus.Creating);

    public static void ReadRemoved(Findings findings) => Add(findings, SessionStatus.Destroyed);

    private static void Add(Findings findings, SessionStatus status, string? reason = null, Address? phone = null) =>
        findings.Add(new SessionObserved(new SessionSignal
        {
            Status = status,
            Reason = reason.Cut(MostOfReason),
            PhoneNumber = phone,
            EnvelopeMs = findings.Envelope.SentMs,
            ReceivedAt = findings.Envelope.ReceivedAt,
        }));

    private static string? ReasonOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.String ? value.ToString() : null;
}
