using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>Holds a history against the promises: kept exactly once, gapless sequence, durable before acknowledged, statuses that
/// only move forward, an event for every change.</summary>
/// <remarks>It knows the domain's values, but none of the code that decides: what it expects it works out by itself.</remarks>
public sealed class Checker
{
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, Replica> _replicas = new(StringComparer.Ordinal);

    private readonly bool _isCalm;

    private Checker(bool isCalm) => _isCalm = isCalm;

    /// <returns>What the history breaks; empty when it keeps every promise.</returns>
    public static IReadOnlyList<Violation> Check(History history)
    {
        var checker = new Checker(history.IsCalm);
        foreach (var step in history.Steps)
        {
            checker.Take(step);
        }

        if (history.IsQuiet)
        {
            foreach (var left in history.WorkLeft)
            {
                checker.Report(Rules.WorkLeft, $"'{left}' was never done.");
            }

            foreach (var replica in checker._replicas.Values)
            {
                LogRules.CheckRest(replica, checker.Report);
            }

            foreach (var told in history.Told.GroupBy(w => w.TenantId, StringComparer.Ordinal))
            {
                var asked = history.Asked.Where(a => a.TenantId == told.Key).ToList();
                RestRules.Check(checker.Of(told.Key), [.. told], asked, checker.Report);
                SendRules.CheckRest(checker.Of(told.Key), asked, [.. told], history.IsCalm, checker.Report);
            }
        }

        return checker._violations;
    }

    /// <summary>What must not depend on the order in which a history's webhooks came.</summary>
    public static string FingerprintOf(History history)
    {
        var checker = new Checker(history.IsCalm);
        foreach (var step in history.Steps)
        {
            checker.Take(step);
        }

        return string.Join('\n', history.Told.GroupBy(w => w.TenantId, StringComparer.Ordinal)
            .Select(told => Fingerprint.Of(checker.Of(told.Key), [.. told])));
    }

    private void Take(Step step)
    {
        switch (step)
        {
            case Committed { Commit: var commit } committed:
                CommitRules.Take(Of(commit.TenantId), commit, Report);
                LogRules.Commit(Of(commit.TenantId), commit.Head.ConversationId, commit.Events);
                if (committed.IsLate)
                {
                    // Nobody looks, either, for what had passed a send whose id was kept late.
                    Of(commit.TenantId).KeptLate.UnionWith(commit.Added.Concat(commit.Changed.Where(m => m.IsSend)).Select(m => m.Id));
                }

                break;
            case SessionCommitted { Commit: var commit }:
                Of(commit.TenantId).Sessions.TryGetValue(commit.Session.SessionId, out var before);
                SessionRules.Check(before, commit, Report);
                Of(commit.TenantId).Sessions[commit.Session.SessionId] = commit.Session;
                LogRules.Commit(Of(commit.TenantId), commit.Session.SessionId, commit.Events);
                break;
            case EventsNumbered numbered:
                LogRules.Take(Of(numbered.TenantId), numbered, Report);
                break;
            case PairsLearned learned:
                foreach (var pair in learned.Pairs)
                {
                    var numbers = Of(learned.TenantId).Numbers;
                    if (!numbers.TryGetValue(pair.Lid, out var known))
                    {
                        numbers.Add(pair.Lid, known = []);
                    }

                    known.Add(pair.Phone.Canonical);
                }

                break;
            case ChangesParked parked:
                foreach (var change in parked.Changes)
                {
                    Of(parked.TenantId).Parked[change.Id] = change;
                    if (parked.IsLate)
                    {
                        Of(parked.TenantId).ParkedLate.Add(change.Id);
                    }
                }

                break;
            case ChangesUnparked unparked:
                foreach (var id in unparked.Ids)
                {
                    Of(unparked.TenantId).Parked.Remove(id);
                }

                break;
            case AllAnswered:
                foreach (var replica in _replicas.Values)
                {
                    MeetingRules.Check(replica, _isCalm, Report);
                }

                break;
            case PutAside aside:
                Report(Rules.PutAside, $"{aside.Code}: {aside.Detail}");
                break;
            case SentOut or SendHeard or CancelAnswered or EchoParked or EchoRemoved:
                SendRules.Take(step, Of, Report);
                break;
            default:
                AnswerRules.Check(step, Of, Report);
                break;
        }
    }

    private Replica Of(string tenantId)
    {
        if (!_replicas.TryGetValue(tenantId, out var replica))
        {
            _replicas.Add(tenantId, replica = new Replica());
        }

        return replica;
    }

    private void Report(string rule, string text) => _violations.Add(new Violation(rule, text));
}
