using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>
/// One row of the gateway's own list of messages: a message as the gateway keeps it, with what became of it since (gateway notes, 6).
/// </summary>
internal static class StoredRows
{
    public static void Read(JsonElement row, Findings findings)
    {
        var key = row.Get("key"u8);
        if (!row.IsObject() || row.Get("message"u8).IsThere() || !key.IsObject())
        {
            MessageReader.Read(row, findings);

            // Own deletions by REST: the content stays in the row.
            if (key.Get("deleted"u8).IsTrue())
            {
                Deletions.Add(key.Get("id"u8), sent: null, findings);
            }
        }
        else if (key.Get("deleted"u8).IsTrue() || Updates(row).Any(Statuses.IsPseudo))
        {
            // A peer's deletion leaves nothing but the note of a change, and that may say "edited" (2.3.7/303).
            Deletions.Add(key.Get("id"u8), sent: null, findings);
        }
        else
        {
            findings.Ignore("row_without_content");
        }
    }

    /// <summary>Whether the row's content is an edit's. The words prove nothing alone; that there is a content tells it from a deletion.</summary>
    /// <remarks>2.3.2 notes a peer's edit as "deleted", then "edited"; of an own deletion it notes "deleted" only (2.3.2/302,305).</remarks>
    public static bool IsEdited(JsonElement row) => Updates(row).Any(static status => status.Text() == "EDITED");

    /// <summary>The highest status that the row notes, without order and time; of a message of a peer nothing but that it was read.</summary>
    public static MessageStatus? StatusOf(JsonElement row)
    {
        var highest = Updates(row).Append(row.Get("status"u8)).Select(Statuses.Of).Max();
        return row.Get("key"u8, "fromMe"u8).IsTrue() || highest == MessageStatus.Read ? highest : null;
    }

    private static IEnumerable<JsonElement> Updates(JsonElement row) =>
        row.Get("MessageUpdate"u8).Elements().Select(static update => update.Get("status"u8));
}
