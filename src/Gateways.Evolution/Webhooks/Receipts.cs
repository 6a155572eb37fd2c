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
        var known = Statuses.Of(status);
        if (HasContent(data))
        {
            ReadContent(target, data, known, findings);
        }
        else if (known is { } receipt)
        {
            Add(target, receipt, data, findings);
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

    private static bool HasContent(JsonElement data) => data.Get("message"u8).IsObject() || HasVotes(data);

    private static bool HasVotes(JsonElement data) =>
        data.Get("pollUpdates"u8) is { ValueKind: JsonValueKind.Array } votes && votes.GetArrayLength() > 0;

    /// <remarks>
    /// The gateway's word where there was no status is <c>SERVER_ACK</c> or <c>DELETED</c> (webhooks, 5.2). Its library joins what it learns of
    /// one message at once, so what is more than those two was told.
    /// </remarks>
    private static void ReadContent(string target, JsonElement data, MessageStatus? status, Findings findings)
    {
        var isReceipt = status is MessageStatus.Delivered or MessageStatus.Read;
        if (Content.Of(data.Get("message"u8)).Edited)
        {
            Edits.ReadUpdate(target, data.Get("message"u8), findings);
        }
        else if (HasVotes(data))
        {
            Votes.ReadUpdate(data, target, findings);
        }
        else if (!isReceipt)
        {
            // The message once more, its media uploaded anew: no edit.
            findings.Ignore("update_without_edit");
        }

        if (isReceipt)
        {
            Add(target, status!.Value, data, findings);
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
