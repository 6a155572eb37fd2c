using System.Text.Json;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Reactions: they arrive as messages and change one (webhooks, 6).</summary>
internal static class Reactions
{
    public static void Read(JsonElement data, MessageKey key, JsonElement reaction, Findings findings)
    {
        if (MessageKey.IsElsewhere(reaction.Get("key"u8, "remoteJid"u8)))
        {
            findings.Ignore("status_story");
            return;
        }

        // The one who reacts must be known: nobody stands for the line itself.
        if (MessageKey.IdOf(reaction.Get("key"u8, "id"u8)) is not { } target || (!key.FromMe && key.Writer is null))
        {
            findings.Quarantine("unreadable_reaction", "A reaction that names no message or comes from nobody.");
            return;
        }

        var sent = TimeOf(data, reaction);
        findings.Add(new ChangeObserved(new ReactionChange
        {
            TargetId = target,
            Stamp = findings.Envelope.Stamp(sent),
            At = findings.Envelope.At(sent),
            From = key.FromMe ? null : key.Writer,
            Emoji = reaction.Get("text"u8).Words(),
        }));
    }

    /// <returns>The sender's time, else the message's, Unix milliseconds; null when none is told.</returns>
    public static long? TimeOf(JsonElement data, JsonElement reaction) =>
        reaction.Get("senderTimestampMs"u8).Milliseconds() ?? MessageReader.TimeOf(data);
}
