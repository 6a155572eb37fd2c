using System.Text.Json;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>
/// Edits, and the other things that a protocol message says (webhooks, 5.3 and 5.5). The message is found by its id
/// only: the rest of the key is from the editor's point of view.
/// </summary>
internal static class Edits
{
    /// <summary>A protocol message: the <c>data</c> of messages.edited and send.message.update, or inside a message.</summary>
    public static void ReadProtocol(JsonElement protocol, Findings findings)
    {
        if (!protocol.IsObject())
        {
            findings.Quarantine("unreadable_edit", "An edit that is no object.");
            return;
        }

        var type = protocol.Get("type"u8);
        if (Is(type, "MESSAGE_EDIT"u8, 14) || (!type.IsThere() && protocol.Get("editedMessage"u8).IsObject()))
        {
            Add(protocol.Get("key"u8, "id"u8), protocol, protocol.Get("editedMessage"u8), findings);
        }
        else if (Is(type, "REVOKE"u8, 0))
        {
            Deletions.Add(protocol.Get("key"u8, "id"u8), protocol.Get("timestampMs"u8).Milliseconds(), findings);
        }
        else if (type.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        {
            findings.Ignore("protocol_message");
        }
        else
        {
            findings.Quarantine("unreadable_edit", "A protocol message of no type.");
        }
    }

    /// <summary>An edit within messages.update; its status is no receipt (webhooks, 5.2).</summary>
    public static void ReadUpdate(string target, JsonElement edited, Findings findings) =>
        Add(target, ContentReader.TextOf(edited), sent: null, findings);

    /// <summary>An edit that nobody but WhatsApp's own clients can read: that there was one is all that is known.</summary>
    public static void ReadEncrypted(JsonElement data, JsonElement value, Findings findings)
    {
        if (MessageKey.IdOf(value.Get("targetMessageKey"u8, "id"u8)) is { } target)
        {
            Add(target, text: null, MessageReader.TimeOf(data), findings);
        }
        else
        {
            findings.Quarantine("unreadable_edit", "An encrypted edit that names no message.");
        }
    }

    private static void Add(JsonElement id, JsonElement protocol, JsonElement edited, Findings findings)
    {
        if (MessageKey.IdOf(id) is { } target)
        {
            Add(target, ContentReader.TextOf(edited), protocol.Get("timestampMs"u8).Milliseconds(), findings);
        }
        else
        {
            findings.Quarantine("unreadable_edit", "An edit that names no message.");
        }
    }

    private static void Add(string target, string? text, long? sent, Findings findings) =>
        findings.Add(new ChangeObserved(new EditChange
        {
            TargetId = target,
            Stamp = findings.Envelope.Stamp(sent),
            At = findings.Envelope.At(sent),
            Text = text,
        }));

    /// <summary>The type is a name or a number, by version and event.</summary>
    private static bool Is(JsonElement type, ReadOnlySpan<byte> name, int number) =>
        type.ValueKind is JsonValueKind.String or JsonValueKind.Number
        && ((type.ValueKind == JsonValueKind.String && type.ValueEquals(name)) || type.Integer() == number);
}
