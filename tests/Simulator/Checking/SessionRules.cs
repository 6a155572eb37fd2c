using Parley.Domain.Sessions;

namespace Parley.Simulator.Checking;

/// <summary>What must hold of every commit of a session.</summary>
internal static class SessionRules
{
    public static void Check(Session? before, SessionCommit commit, Action<string, string> report)
    {
        var after = commit.Session;
        var name = $"session {after.SessionId} version {after.Version}";
        if (after.Version != (before?.Version ?? 0) + 1)
        {
            report(Rules.Version, $"{name} follows version {before?.Version ?? 0}.");
        }

        var number = before?.EventNumber ?? 0;
        foreach (var facts in commit.Events)
        {
            if (facts.Number != ++number)
            {
                report(Rules.EventNumber, $"{name}: event {facts.Type} has number {facts.Number}, not {number}.");
            }
        }

        if (after.EventNumber != number)
        {
            report(Rules.EventNumber, $"{name}: its last event is {number}, it says {after.EventNumber}.");
        }
    }
}
