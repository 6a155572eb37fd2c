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

    /// <summary>How many payloads one request takes in.</summary>
    private const int MostAtOnce = 1_000;

    /// <summary>How many it tries: those that are still not understood are tried with every request.</summary>
    private const int MostTried = 5_000;

    private static ReplayResult StillQuarantined => new(IntakeCounts.None with { Quarantined = 1 }, Remains: true);

    /// <returns>Null when there is no such payload.</returns>
    public async Task<ReplayResult?> Replay(string tenantId, Guid id, CancellationToken cancellationToken)
    {
        if (await quarantine.ReadQuarantined(tenantId, id, cancellationToken) is not { } payload)
        {
            return null;
        }

        if (payload.Code == WebhookOwner.WrongInstanceCode)
        {
            // A replay speaks for the whole tenant; whoever posted this may speak for one session alone.
            return StillQuarantined;
        }

        IntakeCounts counts;
        try
        {
            counts = await intake.Replay(tenantId, payload, cancellationToken);
        }
        catch (WebhookFormatException)
        {
            // It was kept because nobody could read it, and nobody can yet.
            return StillQuarantined;
        }

        var remains = counts.Quarantined > 0;
        if (!remains)
        {
            await quarantine.RemoveQuarantined(tenantId, id, cancellationToken);
        }

        return new ReplayResult(counts, remains);
    }

    /// <summary>Replays what has a code, oldest first.</summary>
    /// <param name="since">Only what was received then or later; null = all.</param>
    public async Task<ReplayTotals> ReplayByCode(string tenantId, string code, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var (replayed, remaining, counts) = (0, 0, IntakeCounts.None);
        foreach (var id in await OldestFirst(tenantId, code, since, static _ => true, cancellationToken))
        {
            if (replayed - remaining >= MostAtOnce || replayed >= MostTried)
            {
                break;
            }

            if (await Replay(tenantId, id, cancellationToken) is { } result)
            {
                replayed++;
                remaining += result.Remains ? 1 : 0;
                counts += result.Counts;
            }
        }

        return new ReplayTotals(replayed, remaining, counts);
    }

    /// <summary>Takes in what a gateway posted of an instance before a tenant had it, oldest first.</summary>
    /// <remarks>What of it is not understood goes to the tenant's own quarantine. No payload in quarantine has media: they are pending then.</remarks>
    public async Task Claim(string gatewayId, string instanceName, string tenantId, CancellationToken cancellationToken)
    {
        var space = WebhookOwner.SpaceOf(gatewayId);
        foreach (var id in await OldestFirst(space, WebhookOwner.UnownedCode, null, row => row.Instance == instanceName, cancellationToken))
        {
            if (await quarantine.ReadQuarantined(space, id, cancellationToken) is { } payload)
            {
                await Claim(tenantId, payload, cancellationToken);
                await quarantine.RemoveQuarantined(space, id, cancellationToken);
            }
        }
    }

    private async Task Claim(string tenantId, QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        try
        {
            await intake.Replay(tenantId, payload, cancellationToken);
        }
        catch (WebhookFormatException)
        {
            await quarantine.Add(payload with { TenantId = tenantId, Code = WebhookIntake.NotReadableCode }, cancellationToken);
        }
    }

    /// <summary>In the order in which they were received, which is that of the conversations that come of it.</summary>
    private async Task<IEnumerable<Guid>> OldestFirst(
        string space, string code, DateTimeOffset? since, Func<QuarantinedPayload, bool> isWanted, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        SortKey? from = null;
        do
        {
            var page = await quarantine.ListQuarantined(space, code, since, new PageRequest(PageSize, from), cancellationToken);
            ids.AddRange(page.Rows.Where(isWanted).Select(static row => row.Id));
            from = page.HasMore ? page.Continue : null;
        }
        while (from is not null);
        ids.Reverse();
        return ids;
    }
}
