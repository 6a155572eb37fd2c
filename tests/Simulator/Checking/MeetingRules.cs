namespace Parley.Simulator.Checking;

/// <summary>A change and its message have met by their own looks, without a sweep.</summary>
internal static class MeetingRules
{
    /// <param name="isCalm">Nothing failed: then also those have met whose message was moved meanwhile.</param>
    public static void Check(Replica replica, bool isCalm, Action<string, string> report)
    {
        foreach (var parked in replica.Parked.Values)
        {
            if (replica.ParkedLate.Contains(parked.Id))
            {
                continue;
            }

            // A change that was applied by a second try may still be parked by the first: it says nothing new.
            // Only what the session itself has told: of another session's message it may have been unknown that it is of the same line.
            var target = replica.Find(parked.Change.TargetId).FirstOrDefault(row => row.Message is { } message
                && message.SessionId == parked.SessionId
                && !replica.KeptLate.Contains(row.MessageId)
                && (isCalm || message.MergedFrom is null)
                && !Oracle.Reflects(message, parked.Change));
            if (target is not null)
            {
                report(Rules.ChangeLost, $"{parked.Change.GetType().Name} of {parked.Change.TargetId} waits for a sweep, and {target} is there.");
            }
        }
    }
}
