using System.Text;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>Two activations of one worker: while one is at any of its calls, the other does all of the same.</summary>
public sealed class TwoWorkersTests(Cluster cluster) : ClusterTests(cluster)
{
    private const string Url = "https://parley.example/webhooks/evolution/token";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    private Lines Lines => Cluster.Lines;

    [Fact]
    public async Task two_syncs_of_a_line_keep_each_message_once_and_end_as_one()
    {
        await Outbox.Open();
        var kept = new List<string>();
        await AtEachCall(async at =>
        {
            var ids = Enumerable.Range(1, 5).Select(n => $"M{at}-{n}").ToList();
            Cluster.Gateway.OnRead(Outbox.Instance, _ => Read(ids));
            var item = new SyncLine(Outbox.SessionId, Chat.Start.AddMinutes(-1)) { Until = Chat.Start.AddHours(1), RunId = Guid.CreateVersion7() };
            var shown = new List<SyncStatus>();
            await using var other = NewRival<LineSyncGrain>(GrainKey.Of(Tenant, Outbox.SessionId));
            await using var one = NewRival<LineSyncGrain>(GrainKey.Of(Tenant, Outbox.SessionId), async call =>
            {
                if (call == at)
                {
                    await Until(() => other.Grain.Run(item));
                }

                if (call >= at)
                {
                    shown.Add((await Session(Outbox.SessionId)).Sync!.Status);
                }
            });
            await Until(() => one.Grain.Run(item));

            kept.AddRange(ids);
            await Chat.AssertKept(Chat.Known, kept);

            // To whoever waits for it, it is over when the first one says so.
            Assert.All(shown, static status => Assert.Equal(SyncStatus.Done, status));
            var sync = (await Session(Outbox.SessionId)).Sync!;
            Assert.Equal((item.RunId, SyncStatus.Done, 5L), (sync.RunId, sync.Status, sync.Read));
            return one.Calls >= at;
        });

        var events = await Chat.Events(Chat.Known);
        Assert.Equal(kept.Count, events.Count(static e => e.Facts.Type == Domain.Events.EventType.MessageCreated));
    }

    [Fact]
    public async Task two_fetchers_of_media_ask_once_each_and_change_the_message_once()
    {
        await Outbox.Open();
        await AtEachCall(async at =>
        {
            var id = await Pending($"M{at}");
            var asked = 0;
            Cluster.Gateway.OnMedia($"M{at}", async create =>
            {
                Interlocked.Increment(ref asked);
                await using var writer = await create(Stop);
                await writer.Write(Encoding.UTF8.GetBytes($"bytes of M{at}"), Stop);
                return new FetchedMedia(await writer.Complete(Stop), "image/jpeg", null);
            });
            await using var other = NewRival<MediaFetcherGrain>(GrainKey.Of(Tenant, id.ToString()));
            await using var one = NewRival<MediaFetcherGrain>(GrainKey.Of(Tenant, id.ToString()), at, () => Fetch(other.Grain));
            await Fetch(one.Grain);

            var media = (await Outbox.Read(id)).Content.Media!;
            Assert.Equal(MediaStatus.Stored, media.Status);
            await using var bytes = await Cluster.Get<IMediaStore>().Open(Tenant, media.Sha256!, Stop);
            Assert.Equal($"bytes of M{at}", await new StreamReader(bytes!).ReadToEndAsync(Stop));
            Assert.InRange(asked, 1, 2);
            Assert.Equal(2, (await Chat.Events(Chat.Known)).Count(e => e.Facts.MessageId == id));
            return one.Calls >= at;
        });
    }

    /// <summary>Each of a keeper's tasks, and a look.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(SessionTaskKind.Create)]
    [InlineData(SessionTaskKind.Connect)]
    [InlineData(SessionTaskKind.Restart)]
    [InlineData(SessionTaskKind.LogOut)]
    [InlineData(SessionTaskKind.Delete)]
    [InlineData(SessionTaskKind.TakeWebhook)]
    [InlineData(SessionTaskKind.Detach)]
    public async Task two_keepers_leave_a_session_as_one_does(SessionTaskKind? task)
    {
        await AddGateway();
        var ends = new List<string>();
        await AtEachCall(async at =>
        {
            var (id, instance) = await Given(task, $"s{at}");
            await using var other = NewRival<LineKeeperGrain>(GrainKey.Of(Tenant, id));
            await using var one = NewRival<LineKeeperGrain>(GrainKey.Of(Tenant, id), at, () => other.Grain.Run());
            await one.Grain.Run();

            ends.Add(await Told(id, instance));
            // Each of the two asks once, beside what made the session what it is.
            Assert.All((string[])["create", "restart", "delete"], call => Assert.InRange(Lines.Asked(call, instance), 0, 2));
            Assert.All((string[])["connect", "set webhook"], call => Assert.InRange(Lines.Asked(call, instance), 0, 3));

            return one.Calls >= at;
        });

        // The last one was alone.
        Assert.All(ends, end => Assert.Equal(ends[^1], end));
    }

    [Fact]
    public async Task a_session_that_is_deleted_while_it_is_made_leaves_no_instance()
    {
        await AddGateway();
        await AtEachCall(async at =>
        {
            var (id, instance) = await Given(SessionTaskKind.Create, $"s{at}");
            await using var other = NewRival<LineKeeperGrain>(GrainKey.Of(Tenant, id));
            await using var one = NewRival<LineKeeperGrain>(GrainKey.Of(Tenant, id), at, async () =>
            {
                await Grain(id).Command(new SessionCommand { Kind = SessionCommandKind.Delete });
                await other.Grain.Run();
            });
            await one.Grain.Run();
            if (one.Calls < at)
            {
                return false;
            }

            // Whoever is woken next does what is left.
            await Until(async () => await other.Grain.Run() is null);
            Assert.Null((await Session(id)).Task);
            Assert.Null(Lines.Webhook(instance));
            return true;
        });
    }

    /// <summary>Runs a step for a worker's first call, then for its second, and so on until it has no more.</summary>
    /// <param name="step">Is told which call; says whether there was one.</param>
    private static async Task AtEachCall(Func<int, Task<bool>> step)
    {
        var at = 1;
        while (await step(at))
        {
            at++;
        }

        Assert.True(at > 3, "It calls nobody.");
    }

    private static async Task Fetch(MediaFetcherGrain fetcher)
    {
        // Readers who ask while it asks set off nothing.
        await fetcher.Fetch();
        await fetcher.Fetch();
        await fetcher.OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.None, ""), Stop);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static WebhookReading Read(IEnumerable<string> ids) => new()
    {
        Event = "messages.set",
        Instance = "",
        Line = Chat.Line,
        Items =
        [
            .. ids.Select(static (id, i) => new WebhookItem(i, new MessageObserved
            {
                ExternalId = id,
                FromMe = false,
                Peer = Party.Of(Chat.Phone),
                Content = new MessageContent { Type = MessageType.Text, Text = id },
                Timestamp = Chat.Start.AddMinutes(1),
                Origin = MessageOrigin.Sync,
            })),
        ],
        PayloadOf = static _ => default,
    };

    private Rival<TGrain> NewRival<TGrain>(string key)
        where TGrain : class => NewRival<TGrain>(key, static _ => Task.CompletedTask);

    private Rival<TGrain> NewRival<TGrain>(string key, int at, Func<Task> meanwhile)
        where TGrain : class => NewRival<TGrain>(key, call => call == at ? meanwhile() : Task.CompletedTask);

    private Rival<TGrain> NewRival<TGrain>(string key, Func<int, Task> before)
        where TGrain : class => new(Cluster, GrainId.Create(typeof(TGrain).Name, key), before);

    private ISessionGrain Grain(string id) => Cluster.Factories[0].GetGrain<ISessionGrain>(GrainKey.Of(Tenant, id));

    private async Task<Session> Session(string id) => (await Cluster.Get<ISessionStore>().ReadSession(Tenant, id, Stop))!;

    /// <returns>The id of a message with media that nobody has fetched yet.</returns>
    private async Task<Guid> Pending(string externalId)
    {
        var media = new Media { Status = MediaStatus.Pending, MimeType = "image/jpeg" };
        var item = Chat.Message(externalId);
        var image = item with { Message = item.Message with { Content = new MessageContent { Type = MessageType.Image, Media = media } } };
        await Chat.Grain(Chat.Known).Apply(new(Chat.Opening(Chat.Known), [image]));
        return (await Chat.Rows(Chat.Known)).Single(row => row.Message!.ExternalId == externalId).Message!.Id;
    }

    private Task AddGateway() => Cluster.Get<IGatewayStore>().CreateGateway(
        new Gateway("lines", "lines", "http://lines.invalid", Cluster.Get<Gateways>().Protect("key"), new byte[32], "hint", Chat.Start, Chat.Start), Stop);

    /// <summary>A session whose keeper is to do a task; null = to look.</summary>
    private async Task<(string Id, string Instance)> Given(SessionTaskKind? task, string id)
    {
        var instance = InstanceNames.New();
        if (task is SessionTaskKind.TakeWebhook or SessionTaskKind.Detach)
        {
            Lines.Add(instance, "https://former.example", SessionStatus.Open);
            await Grain(id).Adopt(Plan(instance, "https://former.example"));
        }
        else
        {
            await Grain(id).Create(Plan(instance, null));
            Lines.Set(instance, SessionStatus.Connecting);
        }

        if (task is not (SessionTaskKind.Create or SessionTaskKind.TakeWebhook))
        {
            await using var keeper = NewRival<LineKeeperGrain>(GrainKey.Of(Tenant, id));
            await Until(async () =>
            {
                await keeper.Grain.Run();
                return (await Session(id)).Task is null;
            });
            if (task is { } kind)
            {
                await Grain(id).Command(new SessionCommand { Kind = Enum.Parse<SessionCommandKind>(kind.ToString()) });
            }
            else
            {
                Lines.Set(instance, SessionStatus.Open);
            }
        }

        Assert.Equal(task, (await Session(id)).Task?.Kind);
        return (id, instance);
    }

    private SessionPlan Plan(string instance, string? former) => new()
    {
        GatewayId = "lines",
        InstanceName = instance,
        Status = former is null ? null : SessionStatus.Open,
        Secrets = Cluster.Get<SessionVault>().Protect(new SessionSecrets(
            Url,
            "secret",
            "instance-token",
            former is null ? null : new InstanceWebhook(former, ["MESSAGES_UPSERT"], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty))),
        TokenId = "token-1",
        TokenHint = "hint",
    };

    /// <summary>All that is to be seen of a session: its state, its history, its events, and its webhook at the gateway.</summary>
    private async Task<string> Told(string id, string instance)
    {
        var session = await Session(id);
        var history = await Cluster.Get<ISessionStore>().ListTransitions(Tenant, id, new PageRequest(50), Stop);
        await Cluster.EventsAreNumbered();
        var events = (await Cluster.Get<IEventLog>().ReadEvents(Tenant, 0, 10_000, Stop)).Where(e => e.Facts.SessionId == id).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static n => (long)n), events.Select(static e => e.Facts.Number));
        return string.Join(
            '\n',
            [
                $"{session.Status} {session.StatusReason} {session.DesiredStatus} {session.Task?.Kind} {session.TaskCount} {session.NeedsAttention} {session.IsMade}",
                .. history.Rows.Select(static row => $"{row.Number} {row.From} {row.To} {row.Reason} {row.Applied}"),
                .. events.Select(static e => $"{e.Facts.Type} {e.Facts.CurrentSession}"),
                Lines.Webhook(instance)?.Url ?? "gone",
            ]);
    }
}
