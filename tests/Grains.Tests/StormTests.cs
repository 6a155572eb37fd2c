using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Work;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>Everything at once: every caller tells until it is answered, and the store fails every third time.</summary>
public sealed class StormTests(Cluster cluster) : ClusterTests(cluster)
{
    private const int Messages = 90;
    private static readonly string[] Ids = [.. Enumerable.Range(1, Messages).Select(static n => $"M{n}")];
    private int _commits;

    [Fact]
    public async Task a_store_that_fails_again_and_again_doubles_and_loses_nothing()
    {
        Cluster.Store.OnEveryCommit(Tenant, Fail);
        foreach (var wave in Tell(Chat.Known, 3).Chunk(4))
        {
            await Task.WhenAll(wave);
        }

        Cluster.Store.OnEveryCommit(Tenant, null);

        Assert.True(_commits > 12, $"It was asked only {_commits} times.");
        await Chat.AssertKept(Chat.Known, Ids);
        await AssertAllRead(Chat.Known);
    }

    [Fact]
    public async Task a_merge_while_the_store_fails_doubles_and_loses_nothing()
    {
        await Chat.Keep(Chat.Known, "K");
        await Chat.Keep(Chat.Hidden, "H");
        Cluster.Store.OnEveryCommit(Tenant, Fail);
        await Cluster.Get<IWorkList>().Leave(Tenant, [new Merge(Chat.Hidden, Chat.Known)], DateTimeOffset.UtcNow, Stop);
        var work = Work();
        foreach (var wave in Tell(Chat.Hidden, 2).Concat(Tell(Chat.Known, 1)).Chunk(4))
        {
            await Task.WhenAll(wave);
        }

        await work;
        Cluster.Store.OnEveryCommit(Tenant, null);
        await Work();

        Assert.Empty(await Chat.Rows(Chat.Hidden));
        var rows = await Chat.Rows(Chat.Known);
        Assert.Equal(Enumerable.Range(1, rows.Length).Select(static n => (long)n), rows.Select(static r => r.Sequence));
        Assert.Equal(
            Ids.Concat(["K", "H"]).Order(StringComparer.Ordinal),
            rows.Select(static r => r.Message?.ExternalId).OfType<string>().Order(StringComparer.Ordinal));
        Assert.Equal(Messages + 2, (await Chat.Head(Chat.Known)).MessageCount);
        await AssertAllRead(Chat.Known);
        await Chat.Events(Chat.Known);
    }

    /// <summary>Tells every message, and that it was read, a few times over from all silos.</summary>
    private IEnumerable<Task> Tell(string id, int times)
    {
        var random = new Random(times);
        for (var time = 0; time < times; time++)
        {
            string[] ids = [.. Ids];
            random.Shuffle(ids);
            foreach (var chunk in ids.Chunk(10))
            {
                yield return Until(() => Keep(id, chunk, random.Next(3)));
                yield return Until(async () =>
                {
                    await Cluster.Get<ChangeRouter>().Route(Tenant, "shop", [.. chunk.Select(Chat.Read)], Stop);
                    return true;
                });
            }
        }
    }

    /// <returns>False when it has to be told again.</returns>
    private async Task<bool> Keep(string id, string[] externalIds, int silo)
    {
        while (true)
        {
            var reply = await Chat.Grain(id, silo).Apply(Chat.Request(id, externalIds));
            if (reply.MovedTo is { } next)
            {
                id = next;
                continue;
            }

            if (reply.PairTaken is not null)
            {
                return false;
            }

            externalIds = [.. externalIds.Where((_, i) => reply.Outcomes[i].Outcome == ItemOutcome.Elsewhere)];
            if (externalIds.Length == 0)
            {
                return true;
            }

            id = reply.Outcomes.First(static o => o.Outcome == ItemOutcome.Elsewhere).Elsewhere!;
        }
    }

    private async Task Until(Func<Task<bool>> call)
    {
        for (var attempt = 1; attempt < 400; attempt++)
        {
            try
            {
                if (await call())
                {
                    return;
                }
            }
            catch (Exception e) when (Retryable.Is(e))
            {
                // Told again, as every caller does.
            }

            await Task.Delay(Math.Min(attempt, 20), Stop);
        }

        Assert.Fail("It was never answered.");
    }

    private async Task AssertAllRead(string id)
    {
        var rows = (await Chat.Rows(id)).Select(static r => r.Message!).Where(static m => m.ExternalId.StartsWith('M')).ToList();
        Assert.Empty(rows.Where(static m => m.Status != MessageStatus.Read).Select(static m => m.ExternalId));
        Assert.DoesNotContain(await Cluster.Get<IParkingLot>().ListParked(0, 500, Stop), p => p.TenantId == Tenant);
    }

    /// <summary>Of three commits one fails: it does not happen, or it happens and its answer is lost.</summary>
    private async Task<CommitResult> Fail(Func<Task<CommitResult>> real)
    {
        var commit = Interlocked.Increment(ref _commits);
        switch (commit % 6)
        {
            case 1:
                throw new StoreUnavailableException("down");
            case 4:
                await real();
                throw new StoreOutcomeUnknownException("lost");
            default:
                return await real();
        }
    }
}
