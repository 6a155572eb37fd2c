using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Votes in polls: as a message (2.3.7) or as an update of the poll (1.x with store files).</summary>
internal static class Votes
{
    public static void ReadMessage(JsonElement data, MessageKey key, JsonElement vote, Findings findings)
    {
        if (MessageKey.IdOf(vote.Get("pollCreationMessageKey"u8, "id"u8)) is not { } target || (!key.FromMe && key.Writer is null))
        {
            findings.Quarantine("unreadable_vote", "A vote that names no poll or comes from nobody.");
            return;
        }

        if (Chosen(data, vote) is not { } options)
        {
            // The gateway could not decrypt it, since it does not have the poll: nothing will ever tell more.
            findings.Ignore("unreadable_vote");
            return;
        }

        var sent = vote.Get("senderTimestampMs"u8).Milliseconds() ?? MessageReader.TimeOf(data);
        Add(target, key.FromMe ? null : key.Writer, options, sent, findings.Envelope.At(sent), findings);
    }

    /// <summary>The update of a poll names this voter only, with all that this voter now chooses (webhooks, 6).</summary>
    public static void ReadUpdate(JsonElement data, string target, Findings findings)
    {
        var updates = data.Get("pollUpdates"u8);
        var at = findings.Envelope.At(data.Get("datetime"u8).Milliseconds());
        var voters = VotersOf(updates);
        if (voters.Count == 0 && MessageKey.Of(data, findings.Envelope).Peer is { IsKnown: true } peer)
        {
            // Nobody chooses anything: in a direct chat that is the other person, taking the vote back.
            voters.Add(peer.Best);
        }

        if (voters.Count == 0)
        {
            findings.Quarantine("unreadable_vote", "A vote that was taken back by nobody knows whom.");
            return;
        }

        foreach (var voter in voters)
        {
            var party = voter is { } other ? Party.Of(other) : null;
            Add(
                target, party?.Is(findings.Envelope.Line) == true ? null : party, OptionsOf(updates, chosen => chosen == voter), sent: null, at, findings);
        }
    }

    private static void Add(
        string target, Party? from, ImmutableArray<string> options, long? sent, DateTimeOffset at, Findings findings) =>
        findings.Add(new ChangeObserved(new VoteChange
        {
            TargetId = target,
            Stamp = findings.Envelope.Stamp(sent),
            At = at,
            From = from,
            Options = options,
        }));

    private static ImmutableArray<string>? Chosen(JsonElement data, JsonElement vote)
    {
        var selected = vote.Get("vote"u8, "selectedOptions"u8);
        if (selected.IsArray() && selected.EnumerateArray().All(option => option.ValueKind == JsonValueKind.String))
        {
            return [.. selected.EnumerateArray().Select(option => option.GetString()!)];
        }

        var updates = data.Get("pollUpdates"u8);
        return updates.IsArray() ? OptionsOf(updates, static _ => true) : null;
    }

    /// <returns>Null = the line itself.</returns>
    private static List<Address?> VotersOf(JsonElement updates)
    {
        var voters = new List<Address?>();
        foreach (var update in updates.Elements())
        {
            foreach (var jid in update.Get("voters"u8).Elements())
            {
                if (TryReadVoter(jid, out var voter) && !voters.Contains(voter))
                {
                    voters.Add(voter);
                }
            }
        }

        return voters;
    }

    /// <summary>The options that a voter chose who is wanted.</summary>
    private static ImmutableArray<string> OptionsOf(JsonElement updates, Predicate<Address?> isWanted)
    {
        var options = ImmutableArray.CreateBuilder<string>();
        foreach (var update in updates.Elements())
        {
            if (update.Get("name"u8).Text() is { } name && Has(update.Get("voters"u8), isWanted))
            {
                options.Add(name);
            }
        }

        return options.ToImmutable();
    }

    private static bool Has(JsonElement voters, Predicate<Address?> isWanted)
    {
        foreach (var jid in voters.Elements())
        {
            if (TryReadVoter(jid, out var voter) && isWanted(voter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The gateway does not tell its library who the line is: there its own votes are <c>me</c>'s.</summary>
    private static bool TryReadVoter(JsonElement jid, out Address? voter)
    {
        voter = null;
        if (jid.ValueKind == JsonValueKind.String && jid.ValueEquals("me"u8))
        {
            return true;
        }

        if (!Address.TryParse(jid.Text(), out var address))
        {
            return false;
        }

        voter = address;
        return true;
    }
}
