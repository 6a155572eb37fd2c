using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Truth;

/// <summary>Parley's books against themselves: places, counts, and the log of events.</summary>
internal static class BooksCheck
{
    public static void Check(Books books, IEnumerable<TruthLine> lines, Differences differences)
    {
        foreach (var surprise in lines.SelectMany(static line => line.Surprises))
        {
            differences.Add(surprise);
        }

        foreach (var parked in books.Kept.Quarantine)
        {
            differences.Add($"In quarantine: {parked.ToJsonString()}");
        }

        var readUpTo = books.Events
            .Where(static e => Type(e) == "conversation.read")
            .GroupBy(Key, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Max(static e => e["data"]!["readUpTo"]!.GetValue<long>()), StringComparer.Ordinal);
        foreach (var conversation in books.Kept.Conversations)
        {
            Recount.Check(conversation, differences, WasRead);
        }

        Once("A message of a conversation", books.Kept.Conversations.SelectMany(static c => c.Messages).Select(Id), differences);
        differences.Equal(
            "The number of messages in conversations", books.Kept.Messages.Count, books.Kept.Conversations.Sum(static c => c.Messages.Count));
        Once(
            "A conversation of",
            books.Kept.Conversations
                .Select(static c => c.Resource)
                .Where(static c => c["contact"]?["phoneNumber"] is not null)
                .Select(static c => $"{c["line"]!.ToJsonString()} with {c["contact"]!["phoneNumber"]}"),
            differences);
        CheckEvents(books, differences);

        bool WasRead(JsonNode message) =>
            message["mergedFrom"] is { } from
            && readUpTo.TryGetValue(from["conversationId"]!.GetValue<string>(), out var upTo)
            && from["sequence"]!.GetValue<long>() <= upTo;
    }

    private static void CheckEvents(Books books, Differences differences)
    {
        long position = 0;
        foreach (var told in books.Events)
        {
            var actual = told["position"]!.GetValue<long>();
            if (actual != ++position)
            {
                differences.Add($"After event {position - 1} comes {actual}");
                position = actual;
            }
        }

        // A merged conversation's events go on under another id, and its messages are shown where they are now.
        var merged = books.Events
            .Where(static e => Type(e) is "conversation.sealed" or "conversation.merged")
            .SelectMany(static e => new[] { Key(e), e["data"]!["into"]?.GetValue<string>() })
            .ToHashSet(StringComparer.Ordinal);
        foreach (var subject in books.Events.GroupBy(Key, StringComparer.Ordinal).Where(g => !merged.Contains(g.Key)))
        {
            var numbers = subject.Select(static e => long.Parse(e["sequence"]!.GetValue<string>(), CultureInfo.InvariantCulture)).ToList();
            if (!numbers.SequenceEqual(Enumerable.Range(1, numbers.Count).Select(static n => (long)n)))
            {
                differences.Add($"The events of {subject.Key} have the numbers {string.Join(' ', numbers)}");
            }
        }

        var created = books.Events
            .Where(static e => Type(e) == "message.created")
            .Select(static e => e["subject"]!.GetValue<string>())
            .ToList();
        Once("message.created", created, differences);
        foreach (var missing in books.Kept.Messages.Select(Id).Except(created, StringComparer.Ordinal))
        {
            differences.Add($"No message.created tells of {missing}");
        }

        // What two conversations had kept, before they turned out to be one, is one message less.
        var gone = books.Events.Where(static e => Type(e) == "message.deleted").Select(static e => e["subject"]!.GetValue<string>());
        foreach (var lost in created.Except(books.Kept.Messages.Select(Id), StringComparer.Ordinal).Except(gone, StringComparer.Ordinal))
        {
            differences.Add($"{lost} was created and is not there");
        }
    }

    private static string Type(JsonNode told) => told["type"]!.GetValue<string>();

    /// <summary>Whose numbers an event has: a message's are its conversation's.</summary>
    private static string Key(JsonNode told) =>
        told["data"]!["message"]?["conversationId"]?.GetValue<string>()
        ?? told["data"]!["conversationId"]?.GetValue<string>()
        ?? told["subject"]!.GetValue<string>();

    private static void Once(string what, IEnumerable<string> ids, Differences differences)
    {
        foreach (var twice in ids.GroupBy(static id => id, StringComparer.Ordinal).Where(static g => g.Count() > 1))
        {
            differences.Add($"{what} {twice.Key} is there {twice.Count()} times");
        }
    }

    private static string Id(JsonNode message) => message["id"]!.GetValue<string>();
}
