using System.Text.Json;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Messages that were deleted for everyone (webhooks, 5.4).</summary>
internal static class Deletions
{
    /// <summary>The bare key, or a row of the gateway's database: there <c>id</c> is the database's.</summary>
    public static void Read(JsonElement data, Findings findings)
    {
        var key = data.Get("key"u8);
        Add(key.IsObject() ? key.Get("id"u8) : data.Get("id"u8), sent: null, findings);
    }

    public static void Add(JsonElement id, long? sent, Findings findings)
    {
        if (MessageKey.IdOf(id) is not { } target)
        {
            findings.Quarantine("unreadable_deletion", "A deletion that names no message.");
            return;
        }

        findings.Add(new ChangeObserved(new DeletionChange
        {
            TargetId = target,
            Stamp = findings.Envelope.Stamp(sent),
            At = findings.Envelope.At(sent),
        }));
    }
}
