using System.Text;
using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Every recorded scenario: what its bodies say, against what a perfect consumer knows from them.</summary>
public sealed class RecordedTests
{
    private static readonly DateTimeOffset ReceivedAt = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (var path in Directory.EnumerateFiles(TestFiles.Recorded, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetRelativePath(TestFiles.Recorded, path).Replace('\\', '/'));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_recorded_scenario_says_what_it_must(string file)
    {
        var scenario = JsonNode.Parse(File.ReadAllText(Path.Combine(TestFiles.Recorded, file)))!;
        var seen = Seen.In(scenario);
        var expect = scenario["expect"]!;

        // Where a payload belongs to no conversation the scenario says so among what is lost.
        var quarantined = expect["quarantined"]?.GetValue<int>()
            ?? expect["lost"]?.AsArray().Count(lost => lost!["why"]?.GetValue<string>().Contains("quarantine", StringComparison.Ordinal) == true)
            ?? 0;
        Assert.Equal(quarantined, seen.All.Count(item => item is NotUnderstood));
        var expected = expect["messages"]!.AsArray().Select(message => message!).ToList();
        var free = expect["free"]?.AsArray().Select(id => id!.GetValue<string>()).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var message in expected)
        {
            seen.Check(message);
        }

        var ids = expected.Select(Seen.KeyOf).ToHashSet();
        Assert.DoesNotContain(seen.Messages.Keys, key => !ids.Contains(key) && !free.Contains(key.Id));
        var sessions = (expect["session"] is { } one ? [one] : expect["sessions"]?.AsArray().Select(session => session!) ?? []).ToList();
        foreach (var session in sessions)
        {
            seen.CheckSession(session);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_recorded_body_reads_the_same_without_its_secrets(string file)
    {
        var reader = new EvolutionWebhookReader();
        foreach (var body in Seen.BodiesOf(JsonNode.Parse(File.ReadAllText(Path.Combine(TestFiles.Recorded, file)))!))
        {
            var reading = reader.Read(body, ReceivedAt);
            var secrets = SecretsTests.SecretsIn(JsonNode.Parse(body)!);
            foreach (var element in reading.Items.GroupBy(item => item.Element))
            {
                var payload = reading.PayloadOf(element.Key);
                var text = Encoding.UTF8.GetString(payload.Span);
                Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
                var again = reader.Read(payload, ReceivedAt);
                Assert.Equal(
                    element.Where(item => item.Observation is not QrObserved).Select(item => Comparable.Text(item.Observation)),
                    again.Items.Select(item => Comparable.Text(item.Observation)));
                Assert.Equal((reading.Event, reading.Instance, reading.EnvelopeMs), (again.Event, again.Instance, again.EnvelopeMs));
            }
        }
    }

    /// <summary>All that the bodies of a scenario say.</summary>
    private sealed class Seen
    {
        private readonly Dictionary<Address, Address> _book = [];
        private readonly List<MessageChange> _changes = [];
        private readonly Dictionary<string, SessionSignal> _signals = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Address> _lines = new(StringComparer.Ordinal);

        public List<Observation> All { get; } = [];

        public Dictionary<(string Id, string Direction), List<MessageObserved>> Messages { get; } = [];

        public static (string Id, string Direction) KeyOf(JsonNode message) =>
            (message["externalId"]!.GetValue<string>(), message["direction"]!.GetValue<string>());

        public static IEnumerable<byte[]> BodiesOf(JsonNode scenario)
        {
            foreach (var step in scenario["steps"]!.AsArray().Select(step => step!).Where(step => step["kind"]!.GetValue<string>() == "webhook"))
            {
                var answered = step["answered"]?.GetValue<int>() ?? 0;
                if (answered is < 200 or > 299 || step["method"]?.GetValue<string>() == "GET" || step["body"] is not JsonObject body)
                {
                    continue;
                }

                if (body["instance"] is null)
                {
                    Assert.Throws<WebhookFormatException>(() => new EvolutionWebhookReader().Read(TestFiles.Bytes(body), ReceivedAt));
                    continue;
                }

                yield return TestFiles.Bytes(body);
            }
        }

        public static Seen In(JsonNode scenario)
        {
            var seen = new Seen();
            var reader = new EvolutionWebhookReader();
            foreach (var body in BodiesOf(scenario))
            {
                seen.Add(reader.Read(body, ReceivedAt));
            }

            return seen;
        }

        public void Check(JsonNode expected)
        {
            var key = KeyOf(expected);
            Assert.True(Messages.TryGetValue(key, out var found), $"{key} was not seen");
            var message = found![0];
            var content = message.Content;
            var changes = _changes.Where(change => change.TargetId == key.Id).ToList();
            var edits = changes.OfType<EditChange>().ToList();

            Assert.Equal(expected["type"]!.GetValue<string>(), content.Type.ToString().ToLowerInvariant());
            if (expected["timestamp"] is { } timestamp)
            {
                Assert.Equal(timestamp.GetValue<long>(), found.Min(copy => copy.Timestamp).ToUnixTimeSeconds());
            }

            if (expected.AsObject().ContainsKey("text"))
            {
                Assert.Contains(expected["text"]?.GetValue<string>(), edits.Select(edit => edit.Text).Append(content.Text));
            }

            Assert.Equal(expected["edited"]?.GetValue<bool>() ?? false, edits.Count > 0 || content.Edited);
            Assert.Equal(expected["deleted"]?.GetValue<bool>() ?? false, changes.OfType<DeletionChange>().Any());
            Assert.Equal(expected["quotedMessageId"]?.GetValue<string>(), content.QuotedMessageId);
            Assert.Equal(expected["origin"]?.GetValue<string>() ?? "live", found.Max(copy => copy.Origin).ToString().ToLowerInvariant());
            CheckContent(expected, content);
            CheckPeople(expected, message);
            CheckStatus(expected, message, changes.OfType<StatusChange>());
            CheckReactions(expected, changes.OfType<ReactionChange>().ToList());
            CheckVotes(expected["poll"], changes.OfType<VoteChange>().ToList());
        }

        public void CheckSession(JsonNode expected)
        {
            var instance = expected["sessionId"]!.GetValue<string>();
            if (expected["status"]?.GetValue<string>() is { } status)
            {
                Assert.Equal(status, _signals[instance].Status.ToString()!.ToLowerInvariant());
            }

            if (expected["phoneNumber"]?.GetValue<string>() is { } phone)
            {
                Assert.Equal(phone, _lines[instance].Value);
            }
        }

        private static void CheckContent(JsonNode expected, MessageContent content)
        {
            if (expected["mimeType"] is { } mime)
            {
                Assert.Equal(mime.GetValue<string>(), content.Media?.MimeType);
            }

            if (expected["rawType"] is { } raw)
            {
                Assert.Equal(raw.GetValue<string>(), content.RawType);
            }

            if (expected["location"] is { } place)
            {
                Assert.Equal(place["latitude"]!.GetValue<double>(), content.Location!.Latitude);
                Assert.Equal(place["longitude"]!.GetValue<double>(), content.Location.Longitude);
                Assert.Equal(place["name"]?.GetValue<string>(), content.Location.Name);
                Assert.Equal(place["address"]?.GetValue<string>(), content.Location.Address);
            }

            if (expected["contacts"] is { } contacts)
            {
                Assert.Equal(contacts.AsArray().Select(card => card!["name"]!.GetValue<string>()), content.Contacts.Select(card => card.Name));
                Assert.All(content.Contacts, card => Assert.True(Address.Parse(Assert.Single(card.PhoneNumbers)).IsPhone));
            }

            if (expected["poll"] is { } poll)
            {
                Assert.Equal(poll["name"]!.GetValue<string>(), content.Poll!.Name);
                Assert.Equal(poll["options"]!.AsArray().Select(option => option!["name"]!.GetValue<string>()), content.Poll.Options);
            }
        }

        private static void CheckStatus(JsonNode expected, MessageObserved message, IEnumerable<StatusChange> receipts)
        {
            if (expected["status"]?.GetValue<string>() is { } status)
            {
                var first = message.Status ?? (message.ByApi ? MessageStatus.Pending : MessageStatus.Sent);
                Assert.Equal(status, receipts.Select(receipt => receipt.Status).Append(first).Max().ToString().ToLowerInvariant());
            }
        }

        /// <summary>The votes that count are the last ones of each person.</summary>
        private static void CheckVotes(JsonNode? poll, List<VoteChange> votes)
        {
            foreach (var option in poll?["options"]?.AsArray().Select(option => option!) ?? [])
            {
                if (option["votes"]?.GetValue<int>() is { } count)
                {
                    var last = votes.GroupBy(vote => vote.From?.Best?.Canonical).Select(person => person.Last());
                    Assert.Equal(count, last.Count(vote => vote.Options.Contains(option["name"]!.GetValue<string>())));
                }
            }
        }

        private void CheckReactions(JsonNode expected, List<ReactionChange> reactions)
        {
            var last = reactions
                .OrderBy(reaction => reaction.Stamp.SentMs).ThenBy(reaction => reaction.Stamp.EnvelopeMs)
                .GroupBy(reaction => Known(reaction.From))
                .ToDictionary(person => person.Key?.Canonical.Value ?? "line", person => person.Last().Emoji);
            var wanted = expected["reactions"]?.AsArray().ToDictionary(
                reaction => _lines.Values.Any(line => line.Value == reaction!["from"]!.GetValue<string>())
                    ? "line"
                    : Address.Parse(reaction!["from"]!.GetValue<string>()).Canonical.Value,
                reaction => (string?)reaction!["emoji"]!.GetValue<string>()) ?? [];
            Assert.Equal(
                wanted.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                last.Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        }

        private void CheckPeople(JsonNode expected, MessageObserved message)
        {
            if (message.Group is { } group)
            {
                Assert.Null(message.Peer);
                Assert.Contains(group.Value, new[] { expected["from"]?.GetValue<string>(), expected["to"]?.GetValue<string>() });
                if (expected["author"]?.GetValue<string>() is { } author)
                {
                    Assert.Equal(author, Known(message.Author)?.Value);
                }

                return;
            }

            if (expected[KeyOf(expected).Direction == "in" ? "from" : "to"]?.GetValue<string>() is { } contact)
            {
                // Which number a hidden id has may show only in an acknowledgement: that is the address book's work.
                var known = Known(message.Peer);
                Assert.True(known?.Value == contact || known?.Kind == AddressKind.Lid, $"{known} is not {contact}");
            }
        }

        private Address? Known(Party? party) =>
            party?.Phone ?? (party?.Lid is { } lid ? _book.TryGetValue(lid, out var phone) ? phone : lid : null);

        private void Add(WebhookReading reading)
        {
            if (reading.Line is { } told)
            {
                _lines[reading.Instance] = told;
            }

            foreach (var (_, observation) in reading.Items)
            {
                All.Add(observation);
                switch (observation)
                {
                    case PairObserved { Pair: var pair }:
                        _book[pair.Lid] = pair.Phone;
                        break;
                    case ChangeObserved { Change: var change }:
                        _changes.Add(change);
                        break;
                    case SessionObserved { Signal: var signal }:
                        _signals[reading.Instance] = signal;
                        break;
                    case MessageObserved message:
                        var own = message.FromMe || message.Author?.Is(reading.Line) == true;
                        var key = (message.ExternalId, own ? "out" : "in");
                        if (!Messages.TryGetValue(key, out var copies))
                        {
                            Messages[key] = copies = [];
                        }

                        copies.Add(message);
                        break;
                    default:
                        break;
                }
            }
        }
    }
}
