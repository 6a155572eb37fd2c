using System.Text.Json.Nodes;

namespace Parley.Scenarios.Tests;

/// <summary>The rules of the recordings' README: what an expectation asserts, and what the absence of a key means.</summary>
internal static class Expectation
{
    public static IReadOnlyList<string> Compare(Scenario scenario, Kept kept, bool inOrder)
    {
        var differences = new Differences();
        Quarantine(scenario.Expect, kept, differences);
        Sessions(scenario, kept, inOrder, differences);
        Messages(scenario.Expect, kept, inOrder, differences);
        foreach (var conversation in kept.Conversations)
        {
            Recount.Check(conversation, differences);
        }

        differences.Equal("Messages of all conversations", kept.Messages.Count, kept.Conversations.Sum(c => c.Messages.Count));
        Conversations(scenario.Expect, kept, differences);
        return differences.List;
    }

    /// <summary>Where a payload belongs to no conversation the scenario says so among what is lost.</summary>
    private static void Quarantine(JsonObject expect, Kept kept, Differences differences)
    {
        var expected = expect["quarantined"]?.GetValue<int>()
            ?? expect["lost"]?.AsArray().Count(lost => lost!["why"]!.GetValue<string>().Contains("quarantine", StringComparison.Ordinal))
            ?? 0;
        if (expected != kept.Quarantine.Count)
        {
            differences.Add($"{kept.Quarantine.Count} payloads in quarantine, expected {expected}: {string.Join(", ", kept.Quarantine.Select(q => q["code"]))}");
        }
    }

    private static void Sessions(Scenario scenario, Kept kept, bool inOrder, Differences differences)
    {
        var posted = scenario.Posts.Select(post => post.Instance).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        differences.Equal(
            "The list of sessions",
            string.Join(", ", posted),
            string.Join(", ", kept.Sessions.Select(session => session["sessionId"]!.GetValue<string>()).Order(StringComparer.Ordinal)));
        List<JsonNode?> expected = scenario.Expect["session"] is { } one ? [one] : [.. scenario.Expect["sessions"]?.AsArray() ?? []];
        foreach (var session in expected)
        {
            var id = session!["sessionId"]!.GetValue<string>();
            if (kept.Sessions.FirstOrDefault(s => s["sessionId"]!.GetValue<string>() == id) is not { } found)
            {
                differences.Add($"No session {id}");
            }
            else if (inOrder)
            {
                differences.Covers($"Session {id}", session, found);
            }
        }
    }

    private static void Messages(JsonObject expect, Kept kept, bool inOrder, Differences differences)
    {
        var free = expect["free"]?.AsArray().Select(id => id!.GetValue<string>()).ToHashSet(StringComparer.Ordinal) ?? [];
        var left = kept.Messages.Where(message => !free.Contains(message["externalId"]!.GetValue<string>())).ToList();
        var lastSequences = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var expected in expect["messages"]!.AsArray().Select(message => message!.AsObject()))
        {
            if (free.Contains(expected["externalId"]!.GetValue<string>()))
            {
                continue;
            }

            if (MessageCheck.Find(expected, left) is not { } message)
            {
                differences.Add($"Missing: {expected["direction"]} {expected["externalId"]}");
                continue;
            }

            left.Remove(message);
            MessageCheck.Compare(expected, message, differences);
            if (inOrder)
            {
                Order(message, lastSequences, differences);
            }
        }

        foreach (var message in left)
        {
            differences.Add($"Not expected: {message["direction"]} {message["externalId"]} ({message["type"]})");
        }
    }

    /// <summary>Messages are numbered as they came, but for history (oldest first) and what came over from a merged conversation.</summary>
    private static void Order(JsonNode message, Dictionary<string, long> lastSequences, Differences differences)
    {
        if (message["mergedFrom"] is not null || message["origin"]!.GetValue<string>() != "live")
        {
            return;
        }

        var (conversation, sequence) = (message["conversationId"]!.GetValue<string>(), message["sequence"]!.GetValue<long>());
        if (lastSequences.TryGetValue(conversation, out var last) && sequence < last)
        {
            differences.Add($"{message["externalId"]} has the sequence {sequence}, but came after {last}");
        }

        lastSequences[conversation] = sequence;
    }

    /// <summary>One person is one conversation per line, whatever ids were used.</summary>
    private static void Conversations(JsonObject expect, Kept kept, Differences differences)
    {
        if (expect["conversations"] is not JsonArray expected)
        {
            return;
        }

        var counts = kept.Conversations
            .SelectMany(conversation => conversation.Messages)
            .CountBy(message => message["direction"]!.GetValue<string>() == "in"
                ? (Line: message["to"]!.GetValue<string>(), Contact: message["from"]!.GetValue<string>())
                : (Line: message["from"]!.GetValue<string>(), Contact: message["to"]!.GetValue<string>()))
            .ToDictionary();
        foreach (var conversation in expected)
        {
            var (line, contact) = (conversation!["line"]?.GetValue<string>(), conversation["contact"]!.GetValue<string>());
            differences.Equal(
                $"The number of messages of {line ?? "a line"} and {contact}",
                conversation["messageCount"]!.GetValue<int>(),
                counts.Where(count => (line is null || count.Key.Line == line) && count.Key.Contact == contact).Sum(count => count.Value));
        }

        differences.Equal("The number of pairs of line and contact", expected.Count, counts.Count);

        // What two lines of the tenant say to each other is one conversation.
        var pairs = counts.Keys.Select(static pair => (string.CompareOrdinal(pair.Line, pair.Contact) < 0, pair) switch
        {
            (true, var (line, contact)) => (line, contact),
            (false, var (line, contact)) => (contact, line),
        });
        differences.Equal("The number of conversations", pairs.Distinct().Count(), kept.Conversations.Count);
    }
}
