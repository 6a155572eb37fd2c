using System.Collections.Concurrent;
using System.Diagnostics;
using Parley.Ports;

namespace Parley.Bench.Store;

/// <summary>How long events wait for their number: from the answer to their commit until the answer to the relay that numbered them.</summary>
/// <remarks>It looks into the log only when the measuring is over, so that it costs the store nothing.</remarks>
internal sealed class RelayMeter
{
    private const int PageSize = 1_000;

    private readonly ConcurrentDictionary<(string Subject, long Number), long> _committed = [];
    private readonly List<(long Position, long At)> _numbered = [];

    public void Committed(string subject, long number) => _committed[(subject, number)] = Stopwatch.GetTimestamp();

    /// <summary>The one relay of the one tenant: its positions follow each other.</summary>
    public void Numbered(int count) => _numbered.Add(((_numbered.Count == 0 ? 0 : _numbered[^1].Position) + count, Stopwatch.GetTimestamp()));

    public async Task<string> Measure(IEventLog log, string tenantId)
    {
        var waits = new List<double>();
        var (position, relay) = (0L, 0);
        while (await log.ReadEvents(tenantId, position, PageSize, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var logged in page)
            {
                while (relay < _numbered.Count && _numbered[relay].Position < logged.Position)
                {
                    relay++;
                }

                if (relay < _numbered.Count && _committed.TryGetValue((logged.Subject, logged.Facts.Number), out var at))
                {
                    // A relay may be answered before the commit's own caller is.
                    waits.Add(Math.Max(0, Stopwatch.GetElapsedTime(at, _numbered[relay].At).TotalMilliseconds));
                }
            }

            position = page[^1].Position;
        }

        waits.Sort();
        double At(double share) => waits.Count == 0 ? 0 : waits[(int)(share * (waits.Count - 1))];
        return $"relay: {_numbered.Count} transactions, {position} events; commit to numbered p50 {At(0.50):F1} ms, p99 {At(0.99):F1} ms";
    }
}
