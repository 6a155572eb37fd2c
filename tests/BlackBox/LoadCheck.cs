using System.Text.Json.Nodes;
using Parley.Domain.Events;
using Parley.Ports;
using Xunit;

namespace Parley.BlackBox;

/// <summary>What was acknowledged against what is kept.</summary>
public static class LoadCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the merges to end, then holds everything against the stories.</summary>
    /// <returns>The ids of the kept messages.</returns>
    public static async Task<IReadOnlyList<string>> Check(ParleyClient client, IReadOnlyCollection<Expected> told, bool editsWaited)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var kept = await Kept.Read(client);
            var differences = Compare(told, kept, editsWaited);
            if (differences.Count == 0)
            {
                await CheckMedia(client, told, kept);
                return [.. kept.Messages.Select(message => message["id"]!.GetValue<string>())];
            }

            Assert.True(DateTime.UtcNow < deadline, $"{differences.Count} differences:\n  {string.Join("\n  ", differences.List.Take(40))}");
            await Task.Delay(100);
        }
    }

    /// <summary>Positions and numbers have no gap and go up together, each message was created once, and no status went back.</summary>
    public static void CheckEvents(IReadOnlyList<LoggedEvent> events, IReadOnlyList<string> messageIds)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static n => (long)n), events.Select(static e => e.Position));
        foreach (var subject in events.GroupBy(static e => e.Subject, StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(1, subject.Count()).Select(static n => (long)n), subject.Select(static e => e.Facts.Number));
        }

        var created = events.Where(static e => e.Facts.Type == EventType.MessageCreated).Select(static e => e.Facts.MessageId!.Value.ToString()).ToList();
        Assert.Equal(messageIds.Order(StringComparer.Ordinal), created.Order(StringComparer.Ordinal));
        Assert.All(
            events.Where(static e => e.Facts.Type == EventType.MessageStatusChanged),
            static e => Assert.True(e.Facts.Current > e.Facts.Previous, $"{e.Facts.MessageId} went from {e.Facts.Previous} to {e.Facts.Current}."));
    }

    private static Differences Compare(IReadOnlyCollection<Expected> told, Kept kept, bool editsWaited)
    {
        var differences = new Differences();
        differences.Equal("The number of messages", told.Count, kept.Messages.Count);
        differences.Equal("The number of payloads in quarantine", 0, kept.Quarantine.Count);
        differences.Equal(
            "The number of conversations", told.Select(static e => e.Peer).Distinct(StringComparer.Ordinal).Count(), kept.Conversations.Count);
        var byId = kept.Messages.ToLookup(static m => (m["externalId"]!.GetValue<string>(), m["direction"]!.GetValue<string>()));
        foreach (var expected in told)
        {
            if (byId[(expected.Id, expected.Direction)].ToList() is not [{ } message])
            {
                differences.Add($"{expected.Direction} {expected.Id} is there {byId[(expected.Id, expected.Direction)].Count()} times");
                continue;
            }

            Compare(expected, message, editsWaited, differences);
        }

        foreach (var conversation in kept.Conversations)
        {
            Recount.Check(conversation, differences);
        }

        return differences;
    }

    private static void Compare(Expected expected, JsonNode message, bool editsWaited, Differences differences)
    {
        differences.Equal($"{expected.Id} status", expected.Status, message["status"]!.GetValue<string>());
        differences.Equal($"{expected.Id} deleted", expected.Deleted, message["deletedAt"] is not null);
        differences.Equal(
            $"{expected.Id} peer", expected.Peer, message[expected.Direction == "in" ? "from" : "to"]!.GetValue<string>());
        if (!(expected.EditWaits && editsWaited))
        {
            differences.Equal($"{expected.Id} text", expected.Text, message["text"]?.GetValue<string>());
        }
    }

    private static async Task CheckMedia(ParleyClient client, IReadOnlyCollection<Expected> told, Kept kept)
    {
        var ids = kept.Messages.ToDictionary(static m => m["externalId"]!.GetValue<string>(), static m => m["id"]!.GetValue<string>(), StringComparer.Ordinal);
        foreach (var expected in told.Where(static e => e.Media is not null))
        {
            Assert.Equal(expected.Media!, (await client.Get($"/messages/{ids[expected.Id]}/media")).Expect(200).Bytes);
        }
    }
}
