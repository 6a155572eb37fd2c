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
        if (IsEdit(protocol))
        {
            Add(protocol.Get("key"u8, "id"u8), protocol, protocol.Get("editedMessage"u8), findings);
        }
        else if (Is(type, "REVOKE"u8, 0))
        {
            Deletions.Add(protocol.Get("key"u8, "id"u8), TimeOf(protocol), findings);
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

    /// <returns>The id and the content of the message that an edit leaves; nulls when it is none.</returns>
    public static (string? Id, JsonElement Content) WholeOf(JsonElement protocol) =>
        IsEdit(protocol) ? (MessageKey.IdOf(protocol.Get("key"u8, "id"u8)), protocol.Get("editedMessage"u8)) : default;

    /// <returns>The sender's time of what a protocol message says, Unix milliseconds; null when none is told.</returns>
    public static long? TimeOf(JsonElement protocol) => protocol.Get("timestampMs"u8).Milliseconds();

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
            Add(target, ContentReader.TextOf(edited), TimeOf(protocol), findings);
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

    private static bool IsEdit(JsonElement protocol)
    {
        var type = protocol.Get("type"u8);
        return Is(type, "MESSAGE_EDIT"u8, 14) || (!type.IsThere() && protocol.Get("editedMessage"u8).IsObject());
    }

    /// <summary>The type is a name or a number, by version and event.</summary>
    private static bool Is(JsonElement type, ReadOnlySpan<byte> name, int number) =>
        type.ValueKind is JsonValueKind.String or JsonValueKind.Number
        && ((type.ValueKind == JsonValueKind.String && type.ValueEquals(name)) || type.Integer() == number);
}
