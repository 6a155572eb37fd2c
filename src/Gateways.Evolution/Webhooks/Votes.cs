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
        var ballots = BallotsOf(updates, findings);
        if (ballots.Count == 0 && MessageKey.Of(data, findings.Envelope).Peer is { IsKnown: true } peer)
        {
            // Nobody chooses anything: in a direct chat that is the other person, taking the vote back.
            ballots.Add(new Ballot(peer.Best));
        }

        if (ballots.Count == 0)
        {
            findings.Quarantine("unreadable_vote", "A vote that was taken back by nobody knows whom.");
            return;
        }

        foreach (var ballot in ballots)
        {
            var party = ballot.Voter is { } other ? Party.Of(other) : null;
            Add(target, party?.Is(findings.Envelope.Line) == true ? null : party, [.. ballot.Options], sent: null, at, findings);
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
        return updates.IsArray() ? OptionsOf(updates) : null;
    }

    /// <summary>Who voted, in the order in which they are named, each with what they chose.</summary>
    private static List<Ballot> BallotsOf(JsonElement updates, Findings findings)
    {
        var ballots = new List<Ballot>();
        var byVoter = new Dictionary<string, Ballot>(StringComparer.Ordinal);
        var number = 0;
        foreach (var update in updates.Elements())
        {
            var option = update.Get("name"u8).Text();
            number++;
            foreach (var jid in update.Get("voters"u8).Elements())
            {
                if (!TryReadVoter(jid, out var voter))
                {
                    continue;
                }

                var key = voter?.Value ?? "";
                if (!byVoter.TryGetValue(key, out var ballot))
                {
                    if (!findings.AdmitPerson())
                    {
                        continue;
                    }

                    ballots.Add(byVoter[key] = ballot = new Ballot(voter));
                }

                ballot.Choose(option, number);
            }
        }

        return ballots;
    }

    /// <summary>The options that anybody chose who can be read.</summary>
    private static ImmutableArray<string> OptionsOf(JsonElement updates)
    {
        var options = ImmutableArray.CreateBuilder<string>();
        foreach (var update in updates.Elements())
        {
            if (update.Get("name"u8).Text() is { } name && HasVoter(update.Get("voters"u8)))
            {
                options.Add(name);
            }
        }

        return options.ToImmutable();
    }

    private static bool HasVoter(JsonElement voters)
    {
        foreach (var jid in voters.Elements())
        {
            if (TryReadVoter(jid, out _))
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

    /// <summary>What one voter chose.</summary>
    /// <param name="voter">Null = the line itself.</param>
    private sealed class Ballot(Address? voter)
    {
        private readonly List<string> _options = [];
        private int _lastUpdate;

        public Address? Voter => voter;

        public IReadOnlyList<string> Options => _options;

        /// <summary>An option counts once, however often it names the voter.</summary>
        /// <param name="update">Which of the updates names it, from 1.</param>
        public void Choose(string? option, int update)
        {
            if (option is not null && update > _lastUpdate)
            {
                _options.Add(option);
                _lastUpdate = update;
            }
        }
    }
}
