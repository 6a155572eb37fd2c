using Parley.Ports;

namespace Parley.Ingest;

/// <summary>What became of one replay.</summary>
/// <param name="Remains">Some part of it is still not understood: it stays in quarantine.</param>
public sealed record ReplayResult(IntakeCounts Counts, bool Remains);

/// <summary>What became of a replay by code.</summary>
public sealed record ReplayTotals(int Replayed, int Remaining, IntakeCounts Counts);

/// <summary>Sends payloads from quarantine the same way once more, after a fix.</summary>
public sealed class QuarantineReplay(IQuarantine quarantine, WebhookIntake intake)
{
    private const int PageSize = 100;

    /// <summary>How many payloads one request replays; the answer tells how many remain.</summary>
    private const int MostAtOnce = 1_000;

    /// <returns>Null when there is no such payload.</returns>
    public async Task<ReplayResult?> Replay(string tenantId, Guid id, CancellationToken cancellationToken)
    {
        if (await quarantine.ReadQuarantined(tenantId, id, cancellationToken) is not { } payload)
        {
            return null;
        }

        var counts = await intake.Replay(tenantId, payload.Payload, payload.ReceivedAt, cancellationToken);
        var remains = counts.Quarantined > 0;
        if (!remains)
        {
            await quarantine.RemoveQuarantined(tenantId, id, cancellationToken);
        }

        return new ReplayResult(counts, remains);
    }

    /// <summary>Replays what has a code, the oldest of a page last.</summary>
    public async Task<ReplayTotals> ReplayByCode(string tenantId, string code, CancellationToken cancellationToken)
    {
        var (replayed, remaining, counts) = (0, 0, IntakeCounts.None);
        SortKey? from = null;
        do
        {
            var page = await quarantine.ListQuarantined(tenantId, code, null, new PageRequest(PageSize, from), cancellationToken);
            foreach (var row in page.Rows)
            {
                if (await Replay(tenantId, row.Id, cancellationToken) is { } result)
                {
                    replayed++;
                    remaining += result.Remains ? 1 : 0;
                    counts += result.Counts;
                }
            }

            from = page.HasMore ? page.Continue : null;
        }
        while (from is not null && replayed < MostAtOnce);
        return new ReplayTotals(replayed, remaining, counts);
    }

    /// <summary>Takes in what a gateway posted of an instance before a tenant had it, the oldest of a page last.</summary>
    /// <remarks>What of it is not understood goes to the tenant's own quarantine. No payload in quarantine has media: they are pending then.</remarks>
    public async Task Claim(string gatewayId, string instanceName, string tenantId, CancellationToken cancellationToken)
    {
        var space = WebhookOwner.SpaceOf(gatewayId);
        SortKey? from = null;
        do
        {
            var page = await quarantine.ListQuarantined(
                space, WebhookOwner.UnownedCode, null, new PageRequest(PageSize, from), cancellationToken);
            foreach (var row in page.Rows.Where(row => row.Instance == instanceName))
            {
                if (await quarantine.ReadQuarantined(space, row.Id, cancellationToken) is { } payload)
                {
                    await intake.Replay(tenantId, payload.Payload, payload.ReceivedAt, cancellationToken);
                    await quarantine.RemoveQuarantined(space, row.Id, cancellationToken);
                }
            }

            from = page.HasMore ? page.Continue : null;
        }
        while (from is not null);
    }
}
