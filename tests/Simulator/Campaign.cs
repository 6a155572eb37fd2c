using System.Globalization;
using System.Text;

namespace Parley.Simulator;

/// <summary>Many seeds, one after another on each of some threads.</summary>
public static class Campaign
{
    /// <param name="mostFailures">It stops after that many.</param>
    public static CampaignResult Run(ulong from, ulong count, int threads, int mostFailures = 1)
    {
        var failures = new List<Outcome>();
        var (next, histories, steps) = (from, 0L, 0L);
        var gate = new Lock();
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        return new CampaignResult(histories, steps, [.. failures.OrderBy(f => f.Seed)]);

        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    if (next - from >= count || failures.Count >= mostFailures)
                    {
                        return;
                    }

                    seed = next++;
                }

                var outcome = Simulation.Run(seed);
                lock (gate)
                {
                    histories++;
                    steps += outcome.Steps;
                    if (outcome.Violations.Count > 0)
                    {
                        failures.Add(outcome);
                    }
                }
            }
        }
    }

    /// <summary>A failure for people; with its trace it is run again, for traces are not kept in passing.</summary>
    public static string Describe(Outcome outcome, bool withTrace)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {outcome.Seed}: {outcome.Violations.Count} violations, trace {outcome.TraceHash:x16}");
        if (withTrace)
        {
            var again = outcome.Trace.Count > 0 ? outcome : Simulation.Run(outcome.Seed, keepsTrace: true);
            foreach (var line in again.Trace)
            {
                text.AppendLine(line);
            }

            if (again.TraceHash != outcome.TraceHash)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"NOT THE SAME HISTORY: trace {again.TraceHash:x16}");
            }
        }

        foreach (var violation in outcome.Violations.Take(10))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {violation}");
        }

        return text.ToString();
    }
}

/// <summary>What a campaign found.</summary>
public sealed record CampaignResult(long Histories, long Steps, IReadOnlyList<Outcome> Failures);
