using System.Text.Json;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>messages.update: a receipt, an edit, a vote, or nothing (webhooks, 5.2).</summary>
internal static class Receipts
{
    public static void Read(JsonElement data, Findings findings)
    {
        if (TargetOf(data) is not { } target)
        {
            findings.Quarantine("unreadable_receipt", "An update that names no message.");
            return;
        }

        var status = data.Either("status"u8, "update"u8);
        status = status.IsObject() ? status.Get("status"u8) : status;
        if (data.Get("message"u8) is { ValueKind: JsonValueKind.Object } edited)
        {
            Edits.ReadUpdate(target, edited, findings);
        }
        else if (data.Get("pollUpdates"u8) is { ValueKind: JsonValueKind.Array } votes && votes.GetArrayLength() > 0)
        {
            Votes.ReadUpdate(data, target, findings);
        }
        else if (Statuses.Of(status) is { } known)
        {
            Add(target, known, data, findings);
        }
        else if (!status.IsThere() || Statuses.IsPseudo(status))
        {
            findings.Ignore("update_without_status");
        }
        else
        {
            findings.Quarantine("unknown_status", "A receipt with a status that is not known.");
        }
    }

    private static void Add(string target, MessageStatus status, JsonElement data, Findings findings) =>
        findings.Add(new ChangeObserved(new StatusChange
        {
            TargetId = target,
            Stamp = findings.Envelope.Stamp(sentMs: null),
            At = findings.Envelope.At(data.Get("datetime"u8).Milliseconds()),
            Status = status,
            Error = status == MessageStatus.Failed
                ? new("gateway_refused", "WhatsApp refused the message; the gateway does not tell why.")
                : null,
        }));

    /// <summary><c>keyId</c> (v2; its <c>messageId</c> is the database's), <c>id</c> (v1), or a whole key.</summary>
    private static string? TargetOf(JsonElement data) =>
        MessageKey.IdOf(data.Get("keyId"u8)) ?? MessageKey.IdOf(data.Get("key"u8, "id"u8)) ?? MessageKey.IdOf(data.Get("id"u8));
}
