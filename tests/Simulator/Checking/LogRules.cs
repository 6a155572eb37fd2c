using Parley.Domain.Events;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>A tenant's log has positions without a gap, every event that a commit made, each once, and of one conversation in order.</summary>
internal static class LogRules
{
    public static void Commit(Replica replica, string subject, IEnumerable<EventFacts> events)
    {
        if (!replica.Events.TryGetValue(subject, out var made))
        {
            replica.Events.Add(subject, made = []);
        }

        made.AddRange(events);
    }

    public static void Take(Replica replica, EventsNumbered step, Action<string, string> say)
    {
        replica.Numbered ??= new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var logged in step.Events)
        {
            if (logged.Position != ++replica.LogPosition)
            {
                say(Rules.LogPosition, $"{Name(logged)} has position {logged.Position}, not {replica.LogPosition}.");
            }

            var numbered = replica.Numbered.GetValueOrDefault(logged.Subject);
            var made = replica.Events.GetValueOrDefault(logged.Subject) ?? [];
            if (numbered >= made.Count || made[numbered] != logged.Facts)
            {
                say(Rules.LogOrder, $"{Name(logged)} comes after {numbered} of {made.Count} events.");
            }

            replica.Numbered[logged.Subject] = numbered + 1;
        }
    }

    /// <summary>At rest none is left.</summary>
    public static void CheckRest(Replica replica, Action<string, string> say)
    {
        if (replica.Numbered is not { } numbered)
        {
            return;
        }

        foreach (var (subject, made) in replica.Events.Where(e => numbered.GetValueOrDefault(e.Key) < e.Value.Count))
        {
            say(Rules.EventMissing, $"{made.Count} events of {subject} were made, {numbered.GetValueOrDefault(subject)} are in the log.");
        }
    }

    private static string Name(LoggedEvent logged) => $"event {logged.Facts.Number} ({logged.Facts.Type}) of {logged.Subject}";
}
