using System.Runtime.ExceptionServices;
using Orleans.Concurrency;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Walks the short side of what may have passed each other, and lets things expire.</summary>
[Reentrant]
public sealed class SweepGrain(
    IGrainContext context,
    IConversationStore store,
    IAddressBook book,
    ISessionStore sessions,
    IParkingLot parking,
    IWorkList work,
    IQuarantine quarantine,
    IEventLog events,
    IMediaStore media,
    IWebhookBacklog backlog,
    IIdempotencyStore keys,
    IUploadStore uploads,
    ISendQueue sends,
    IWebhookEndpointStore endpoints,
    Echoes echoes,
    ChangeRouter changes,
    MissingMessages missing,
    SweepOptions options,
    SendOptions sending,
    TimeProvider time) : IGrainBase, ISweepGrain
{
    private const int PageSize = 500;

    private Task? _running;

    public IGrainContext GrainContext => context;

    public Task Run() => _running is { IsCompleted: false } running ? running : _running = RunAll();

    private async Task RunAll()
    {
        var now = time.GetUtcNow();
        List<Exception> failures = [];
        Func<Task>[] steps =
        [
            () => MeetParked(failures),
            () => MeetHidden(now),
            () => MeetEchoes(now),
            () => WakeSenders(now),
            () => parking.ExpireParked(now - options.KeepParked, CancellationToken.None),
            () => quarantine.ExpireQuarantined(now - options.KeepQuarantined, CancellationToken.None),
            () => events.ExpireEvents(now - options.KeepEvents, CancellationToken.None),
            () => endpoints.ExpireDeliveries(now - options.KeepDeliveries, CancellationToken.None),
            () => keys.ExpireKeys(now - options.KeepKeys, CancellationToken.None),
            () => uploads.ExpireUploads(now, CancellationToken.None),
            () => SweepMedia(now - options.KeepUnnamedMedia),
        ];
        foreach (var step in steps)
        {
            await Try(step, failures);
        }

        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures[0]);
        }
    }

    /// <summary>One step that fails, for whatever one tenant has, must not keep the others from their turn.</summary>
    private static async Task Try(Func<Task> step, List<Exception> failures)
    {
        try
        {
            await step();
        }
        catch (Exception e)
        {
            failures.Add(e);
        }
    }

    /// <summary>Removes media that nothing names. What waits in the buffer may name files too: its bodies, and media that it brings.</summary>
    private async Task SweepMedia(DateTimeOffset before)
    {
        if (await backlog.IsDone(before, CancellationToken.None))
        {
            await media.Sweep(
                before, (tenantId, sha256) => store.NamesMedia(tenantId, sha256, CancellationToken.None), CancellationToken.None);
        }
    }

    /// <summary>Parked changes whose message came while they were being parked.</summary>
    private async Task MeetParked(List<Exception> failures)
    {
        var after = 0L;
        while (true)
        {
            var page = await parking.ListParked(after, PageSize, CancellationToken.None);
            foreach (var group in page.GroupBy(static p => p.TenantId, StringComparer.Ordinal))
            {
                TenantContext.Set(group.Key);
                await Try(() => changes.Meet(group.Key, [.. group], CancellationToken.None), failures);
                await Try(() => missing.Ask(group.Key, group, CancellationToken.None), failures);
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Conversations under a hidden id, or under a line's session, whose number became known while they began.</summary>
    private async Task MeetHidden(DateTimeOffset now)
    {
        (string TenantId, string ConversationId)? after = null;
        while (true)
        {
            var page = await book.FindHidden(after, PageSize, CancellationToken.None);
            foreach (var group in page.GroupBy(static h => h.TenantId, static h => h.Head, StringComparer.Ordinal))
            {
                var known = await FindNumbers(group.Key, [.. group]);
                if (known.Count > 0)
                {
                    await work.Leave(group.Key, known, now, CancellationToken.None);
                }
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = (page[^1].TenantId, page[^1].Head.ConversationId);
        }
    }

    /// <summary>Parked echoes of which whoever parked them, or settled their send, died before it looked.</summary>
    private async Task MeetEchoes(DateTimeOffset now)
    {
        foreach (var (tenantId, line) in await sends.LinesWithEchoes(now, PageSize, CancellationToken.None))
        {
            TenantContext.Set(tenantId);
            await echoes.Release(tenantId, line, CancellationToken.None);
        }
    }

    /// <summary>Sends that are leaving for longer than their maker can take: their sender says what is known of them.</summary>
    private async Task WakeSenders(DateTimeOffset now)
    {
        var leaving = await sends.ListLeaving(now - sending.Abandoned, PageSize, CancellationToken.None);
        foreach (var group in leaving.GroupBy(static s => s.TenantId, StringComparer.Ordinal))
        {
            var sessionIds = group.Select(static s => s.Send.SessionId).Distinct(StringComparer.Ordinal);
            await work.Leave(group.Key, [.. sessionIds.Select(static id => new SendQueued(id))], now, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyCollection<WorkItem>> FindNumbers(string tenantId, IReadOnlyList<ConversationHead> heads)
    {
        var lids = heads.Select(static h => h.Contact is { Phone: null, Lid: { } lid } ? lid : (Address?)null).OfType<Address>().Distinct().ToList();
        var phones = await book.FindPhones(tenantId, lids, CancellationToken.None);
        var known = phones.Select(static p => new SameParty(p.Key, p.Value)).ToList();
        foreach (var line in heads.Select(static h => h.Line).Where(static l => l.Kind == AddressKind.Session).Distinct())
        {
            if (await sessions.ReadSession(tenantId, line.SessionId!, CancellationToken.None) is { PhoneNumber: { } number })
            {
                known.Add(new SameParty(line, number));
            }
        }

        return known;
    }
}
