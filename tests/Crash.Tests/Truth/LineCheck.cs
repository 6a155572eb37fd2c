using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;
using Parley.GatewaySimulator.Writing;

namespace Parley.Truth;

/// <summary>What WhatsApp and the gateway have of a line against what Parley has of it.</summary>
/// <param name="isReadBack">The gateway's list was read back: what webhooks never told is there too.</param>
/// <param name="editsWaited">Edits may have been answered before they were durable.</param>
internal sealed class LineCheck(TruthLine line, Books books, Differences differences, bool isReadBack, bool editsWaited)
{
    private static readonly string[] Ranks = ["pending", "sent", "failed", "delivered", "read"];

    private readonly List<JsonNode> _messages = [.. books.Kept.Messages.Where(m => m["sessionId"]!.GetValue<string>() == line.SessionId)];
    private readonly List<StoredMessage> _stored = [.. line.Instance.Messages.All.Where(static m => m.Content is not (ReactionContent or VoteContent))];
    private readonly ILookup<string, StoredMessage> _reactions = line.Instance.Messages.All
        .Where(static m => m.Content is ReactionContent)
        .ToLookup(static m => ((ReactionContent)m.Content).Target.Id, StringComparer.Ordinal);

    private readonly ILookup<string, StoredMessage> _votes = line.Instance.Messages.All
        .Where(static m => m.Content is VoteContent)
        .ToLookup(static m => ((VoteContent)m.Content).Poll.Id, StringComparer.Ordinal);

    private readonly List<SentMessage> _sent = [.. line.Simulated.WhatsApp.Sent];
    private readonly ILookup<string?, PostedWebhook> _echoes = line.Simulated.Webhooks.Posted
        .Where(static w => w.Event == "send.message")
        .ToLookup(IdOf, StringComparer.Ordinal);

    private readonly List<PostedWebhook> _told = [.. line.Simulated.Webhooks.Posted.Where(static w => w.Answers.Contains(200))];

    public void Check()
    {
        var kept = _messages.Where(static m => m["externalId"] is not null).ToLookup(static m => m["externalId"]!.GetValue<string>(), StringComparer.Ordinal);
        var upserts = Told("messages.upsert", "send.message").Select(IdOf).ToHashSet();
        foreach (var stored in _stored)
        {
            // What its author deleted has no content in the gateway's list: only a webhook could tell it.
            var mustBeThere = upserts.Contains(stored.Id) || (isReadBack && !stored.Erased);
            var found = kept[stored.Id].ToList();
            if (found.Count > 1 || (found.Count == 0 && mustBeThere))
            {
                Differ(stored.Id, $"is there {found.Count} times: {string.Join(", ", found.Select(static m => m.ToJsonString()))}");
            }
            else if (found.Count == 1)
            {
                Check(stored, found[0]);
            }
        }

        foreach (var unheard in kept.Select(static g => g.Key).Except(_stored.Select(static s => s.Id), StringComparer.Ordinal))
        {
            Differ(unheard, "is nothing that WhatsApp has");
        }

        CheckSends();
    }

    private void Check(StoredMessage stored, JsonNode message)
    {
        var what = stored.Id;
        var written = line.Written.GetValueOrDefault(stored.Id);
        var asked = line.Asked.FirstOrDefault(a => a.Id is not null && a.Id == message["id"]!.GetValue<string>());
        Equal(what, "direction", stored.FromMe ? "out" : "in", Text(message, "direction"));
        CheckPeer(stored, message);
        CheckStatus(stored, message);
        CheckDeleted(stored, message, written, asked);
        CheckReactions(stored, message);
        CheckVotes(stored, message);

        // Version 1 forgets in its list what a message quoted.
        if (written?.Quotes is { } quoted && (isReadBack && !line.IsV1 && !stored.Erased || Told("messages.upsert").Any(w => IdOf(w) == stored.Id)))
        {
            Equal(what, "quoted message", quoted, Text(message, "quotedMessageId"));
        }

        if (message["deletedAt"] is null)
        {
            CheckText(stored, message, written, asked);
        }
        else if (Words(message) is { } words)
        {
            Differ(what, $"is deleted and still says {words}");
        }
    }

    private void CheckPeer(StoredMessage stored, JsonNode message)
    {
        var group = stored.Group?.GroupJid ?? (stored.SentTo is { } to && Jid.IsGroup(to) ? to : null);
        var peer = group is not null ? null : stored.Peer ?? line.Simulated.WhatsApp.Find(stored.SentTo!)!;
        var actual = Text(message, stored.FromMe ? "to" : "from");
        if (group is not null ? actual != group : actual != peer!.Phone && actual != peer.HiddenJid)
        {
            Differ(stored.Id, $"has the peer {actual}, expected {group ?? peer!.Phone}");
        }
    }

    private void CheckText(StoredMessage stored, JsonNode message, Written? written, Asked? asked)
    {
        var first = written?.Text ?? TextOf(stored);
        var changes = _sent.Where(s => s.Type == "edit" && s.Target == stored.Id).Select(static s => s.Text!).ToList();
        List<string> texts = [first, .. written?.Edits ?? [], .. changes];
        var actual = Words(message);
        if (asked?.Edits.Select(static e => e.Text).Except(changes, StringComparer.Ordinal).Any(text => text == actual) == true)
        {
            // The gateway said that it changed it, on a line that was connecting: nobody can tell when WhatsApp heard of it.
            return;
        }

        if (!texts.Contains(actual ?? ""))
        {
            Differ(stored.Id, $"says '{actual}', it never said anything but {string.Join(", ", texts)}");
            return;
        }

        // What the author did last, where Parley was told of it (or did it) without a doubt.
        var last = texts[^1];
        var isDone = asked?.Edits.Any(e => e.Done && e.Text == last) == true;
        var isTold = Told("messages.upsert", "send.message.update").Concat(editsWaited ? [] : Told("messages.edited"))
            .Any(w => texts.Count > 1 && Says(w, last));

        // The list of version 2 has the last text, without a time: it counts where no edit is known that has one.
        var isListed = isReadBack && !line.IsV1 && texts.Count > 1 && !Told("messages.edited", "send.message.update").Any(w => texts.Skip(1).Any(t => Says(w, t)))
            && asked?.Edits.Any(static e => e.Done) != true;
        if ((isDone || isTold || isListed) && actual != last)
        {
            var told = _told.Where(w => Says(w, last)).Select(static w => w.Event).Distinct(StringComparer.Ordinal);
            Differ(stored.Id, $"says '{actual}' and was changed to '{last}', as told by {string.Join(", ", told)}: {message["edits"]?.ToJsonString()}");
        }
    }

    private void CheckDeleted(StoredMessage stored, JsonNode message, Written? written, Asked? asked)
    {
        var isDeleted = message["deletedAt"] is not null;
        var wasDeleted = written?.Deleted == true || asked?.RevokeAsked == true || _sent.Any(s => s.Type == "revoke" && s.Target == stored.Id);
        if (isDeleted && !wasDeleted)
        {
            Differ(stored.Id, "is deleted, and nobody deleted it");
        }

        var isTold = asked?.Revoked == true || Told("messages.delete").Any(w => IdOf(w) == stored.Id);
        if (!isDeleted && isTold)
        {
            Differ(stored.Id, "is not deleted, and Parley was told so");
        }
    }

    private void CheckStatus(StoredMessage stored, JsonNode message)
    {
        var actual = Array.IndexOf(Ranks, Text(message, "status"));
        var told = Told("messages.update").Where(w => IdOf(w) == stored.Id).Select(static w => w.Data!["status"]?.ToString());

        // The list of version 2 has the statuses, that of version 1 has none.
        var listed = isReadBack && !line.IsV1 && !stored.Erased ? stored.Statuses.Select(static s => s.Status) : [];
        var isGroup = stored.Group is not null || Jid.IsGroup(stored.SentTo ?? "");
        var begins = !stored.FromMe ? "delivered" : stored.SentTo is null ? "sent" : "pending";
        var least = told.Concat(listed).Select(Rank).Append(Array.IndexOf(Ranks, begins)).Max();

        // In groups the gateway's word makes it sent.
        var most = Math.Max(
            stored.Statuses.Select(static s => Rank(s.Status)).Append(Array.IndexOf(Ranks, begins)).Max(),
            isGroup ? Array.IndexOf(Ranks, "sent") : 0);
        if (!stored.FromMe)
        {
            // A peer's message is read or it is not.
            (least, most) = (least == Ranks.Length - 1 ? least : Array.IndexOf(Ranks, "delivered"), Math.Max(most, Array.IndexOf(Ranks, "delivered")));
        }

        // A send that was named by its echo is known to be out.
        most = Math.Max(most, stored.SentTo is null ? 0 : Array.IndexOf(Ranks, "sent"));
        if (actual < least || actual > most)
        {
            Differ(stored.Id, $"is {Text(message, "status")}, expected {Ranks[least]} to {Ranks[most]}: {message.ToJsonString()}");
        }
    }

    private void CheckReactions(StoredMessage stored, JsonNode message)
    {
        // Who reacts is not compared as text: a person is shown by number or hidden id.
        var told = Told("messages.upsert", "send.message").Select(IdOf).ToHashSet();
        var last = _reactions[stored.Id]
            .GroupBy(r => r.FromMe ? "" : WhoReacted(r), StringComparer.Ordinal)
            .Select(static g => g.OrderBy(static r => ((ReactionContent)r.Content).At).ToList())
            .Where(g => isReadBack || told.Contains(g[^1].Id))
            .Select(static g => ((ReactionContent)g[^1].Content).Emoji)
            .Where(static emoji => emoji.Length > 0)
            .Order(StringComparer.Ordinal);
        var actual = message["reactions"]!.AsArray().Select(static r => r!["emoji"]!.GetValue<string>()).Order(StringComparer.Ordinal).ToList();
        if (isReadBack ? !last.SequenceEqual(actual) : last.Except(actual).Any())
        {
            var all = _reactions[stored.Id].Select(r => $"{(r.FromMe ? "owner" : WhoReacted(r))} '{r.Content.Text}' {((ReactionContent)r.Content).At:mm:ss.fff}");
            Differ(stored.Id, $"has the reactions {message["reactions"]!.ToJsonString()}, expected '{string.Join(' ', last)}' of {string.Join(", ", all)}");
        }
    }

    /// <summary>Each voter counts with the last vote alone.</summary>
    private void CheckVotes(StoredMessage stored, JsonNode message)
    {
        if (stored.Content is not PollContent poll || message["deletedAt"] is not null)
        {
            return;
        }

        var told = Told("messages.upsert").Select(IdOf).ToHashSet();
        var last = _votes[stored.Id]
            .GroupBy(WhoReacted, StringComparer.Ordinal)
            .Select(static g => g.MaxBy(static v => ((VoteContent)v.Content).At)!)
            .ToList();
        if (!isReadBack && !last.TrueForAll(v => told.Contains(v.Id)))
        {
            return;
        }

        Equal(
            stored.Id,
            "votes",
            string.Join(", ", poll.Options.Select(option => $"{option} {last.Count(v => ((VoteContent)v.Content).Chosen.Contains(option))}")),
            string.Join(", ", message["poll"]!["options"]!.AsArray().Select(static o => $"{o!["name"]} {o["votes"]}")));
    }

    /// <summary>Version 1 never says that a hidden id and a number are one person.</summary>
    private string WhoReacted(StoredMessage reaction) => reaction switch
    {
        { Author: { } author } => author.Phone,
        { Addressing: not Addressing.Phone, Peer: { } peer } when line.IsV1 => peer.HiddenId!,
        _ => reaction.Peer!.Phone,
    };

    private void CheckSends()
    {
        var byId = _messages.ToDictionary(static m => m["id"]!.GetValue<string>(), StringComparer.Ordinal);
        var explained = new HashSet<string>(StringComparer.Ordinal);
        foreach (var alike in line.Asked.GroupBy(static a => (a.Jid, a.Text)))
        {
            var (jid, text) = alike.Key;
            var taken = _stored.Where(s => s.SentTo == jid && TextOf(s) == text).ToList();
            var most = alike.Count(static a => a is { Refused: false, Cancelled: false });
            if (taken.Count > most)
            {
                differences.Add($"'{text}' went out {taken.Count} times, asked for {most}");
            }

            if (alike.Any(static a => !a.IsUnique))
            {
                // Which of them got no answer cannot be told.
                var there = _messages.Where(m => Words(m) == text && m["externalId"] is null).Select(static m => m["id"]!.GetValue<string>()).ToList();
                explained.UnionWith(there);
                if (there.Count > alike.Count(static a => !a.Refused))
                {
                    differences.Add($"'{text}' is there {there.Count} times without an id of the gateway, asked for {alike.Count()}");
                }
            }

            foreach (var asked in alike)
            {
                var message = asked.Id is { } id ? byId.GetValueOrDefault(id) : asked.IsUnique ? Unanswered(asked) : null;
                if (message is not null)
                {
                    explained.Add(message["id"]!.GetValue<string>());
                    CheckOutcome(asked, message, taken);
                }
                else if (asked.Id is not null)
                {
                    differences.Add($"'{text}' ({asked.Id}) was taken and is not there");
                }
            }
        }

        foreach (var message in _messages.Where(m => m["externalId"] is null && !explained.Contains(m["id"]!.GetValue<string>())))
        {
            differences.Add($"Nobody asked for {message.ToJsonString()}");
        }
    }

    /// <summary>A request that got no answer may have queued its message, once.</summary>
    private JsonNode? Unanswered(Asked asked)
    {
        var found = _messages.Where(m => Words(m) == asked.Text && Text(m, "direction") == "out").ToList();
        if (found.Count > 1 || (found.Count == 1 && asked.Refused))
        {
            differences.Add($"'{asked.Text}', which was not answered with 202, is there {found.Count} times");
        }

        return found.FirstOrDefault();
    }

    /// <param name="sent">What the gateway took of this text.</param>
    private void CheckOutcome(Asked asked, JsonNode message, List<StoredMessage> sent)
    {
        var what = $"'{asked.Text}' ({message["id"]})";
        if (sent.Find(s => s.Content is MediaContent media ? !media.Bytes.AsSpan().SequenceEqual(asked.Picture) : asked.Picture is not null) is { } other)
        {
            differences.Add($"{what} went out as {other.Id} with other bytes");
        }

        if (asked.Id is not null)
        {
            differences.Equal($"{what}, the message that it repeats", asked.RetryOf ?? "", Text(message, "retryOf") ?? "");
        }

        var code = message["error"]?["code"]?.GetValue<string>();
        if (asked.Cancelled && code != "cancelled")
        {
            differences.Add($"{what} was cancelled and is {message.ToJsonString()}");
        }
        else if (message["externalId"] is null)
        {
            if (code != "outcome_unknown" && !(code == "cancelled" && asked.CancelAsked))
            {
                differences.Add($"{what} has no id of the gateway and is {message.ToJsonString()}");
            }
            else if (code == "outcome_unknown" && asked.IsUnique && sent.Count > 0
                && (isReadBack || sent.Any(s => Told("send.message").Any(w => IdOf(w) == s.Id))))
            {
                differences.Add($"{what} went out as {sent[0].Id} and is of unknown outcome");
            }
        }
        else if (asked.IsUnique && message["externalId"]!.GetValue<string>() != sent.FirstOrDefault()?.Id)
        {
            differences.Add($"{what} is named {message["externalId"]} and went out as {sent.FirstOrDefault()?.Id}");
        }
        else if (message["error"] is not null)
        {
            differences.Add($"{what} went out and has the error {message["error"]!.ToJsonString()}");
        }
    }

    /// <summary>What a message said at first, as its echo has it: a line that is connecting takes what does not go out then.</summary>
    private string TextOf(StoredMessage stored) =>
        _echoes[stored.Id].Select(static w => w.Data!["message"]).Select(static m => m?["conversation"] ?? m?["extendedTextMessage"]?["text"] ?? m?["imageMessage"]?["caption"] ?? m?["pollCreationMessageV3"]?["name"]).FirstOrDefault()?.ToString()
        ?? stored.Content.Text!;

    private IEnumerable<PostedWebhook> Told(params string[] events) => _told.Where(w => events.Contains(w.Event, StringComparer.Ordinal));

    private static string? IdOf(PostedWebhook webhook) =>
        (webhook.Data?["key"]?["id"] ?? webhook.Data?["keyId"] ?? webhook.Data?["id"])?.ToString();

    /// <summary>Whether the webhook tells this text, other than as what another message quotes.</summary>
    private static bool Says(PostedWebhook webhook, string text) => Says(webhook.Body, text);

    private static bool Says(JsonNode? node, string text) => node switch
    {
        JsonObject members => members.Any(member => member.Key != "quotedMessage" && Says(member.Value, text)),
        JsonArray items => items.Any(item => Says(item, text)),
        JsonValue value => value.ToString() == text,
        _ => false,
    };

    private static int Rank(string? status) => status switch
    {
        "SERVER_ACK" => 1,
        "DELIVERY_ACK" => 3,
        "READ" or "PLAYED" => 4,
        _ => 0,
    };

    /// <summary>Its text or caption, or the question of a poll.</summary>
    private static string? Words(JsonNode message) => Text(message, "text") ?? message["poll"]?["name"]?.GetValue<string>();

    private static string? Text(JsonNode message, string property) => message[property]?.GetValue<string>();

    private void Equal(string id, string property, string expected, string? actual) => differences.Equal($"{line.SessionId} {id} {property}", expected, actual);

    private void Differ(string id, string how) => differences.Add($"{line.SessionId} ({line.Simulated.Dialect.Version}) {id} {how}");
}
