using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>Deliverers of one endpoint that meet, wake up late, lose answers or end at any step.</summary>
public sealed partial class DelivererTests(Cluster cluster) : ClusterTests(cluster), IDisposable
{
    private static readonly TimeSpan[] Schedule =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(800)];

    /// <summary>As many calls as one makes at least until six events are delivered and their place is kept.</summary>
    private const int MostCalls = 8;

    /// <summary>Whoever was overtaken is called again after this.</summary>
    private static readonly TimeSpan Clock = TimeSpan.FromMilliseconds(500);

    private readonly Inbox _inbox = new();
    private readonly List<Runner> _runners = [];
    private readonly string _id = $"ep_{Guid.CreateVersion7():N}";
    private int _kept;

    private IWebhookEndpointStore Store => Cluster.Get<IWebhookEndpointStore>();

    [Fact]
    public async Task two_deliverers_at_once_do_no_harm()
    {
        await Create();
        var (one, two) = (Begin(), Begin());
        await Keep(20);
        await Taken(20);
        await AllIsDone();
        await one.End();
        await two.End();
        InOrder();
    }

    public static TheoryData<int> Calls => [.. Enumerable.Range(1, MostCalls)];

    /// <summary>It sleeps before one of its calls of the stores and of the log; another does all that is to be done, and it wakes up.</summary>
    [Theory]
    [MemberData(nameof(Calls))]
    public async Task one_that_is_overtaken_at_any_call_does_no_harm(int at)
    {
        await Create();
        await Keep(6);
        var (asleep, wakes) = (NewSignal(), NewSignal());
        var calls = 0;
        var stale = Begin(beforeCall: async () =>
        {
            if (++calls == at)
            {
                asleep.SetResult();
                await wakes.Task;
            }
        });
        await asleep.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);

        var other = Begin();
        await Keep(4);
        await Taken(10);
        await AllIsDone();
        wakes.SetResult();
        await Keep(2);
        await Taken(12);
        await AllIsDone();
        await stale.End();
        await other.End();
        InOrder();
    }

    [Fact]
    public async Task a_stale_one_that_wakes_up_is_refused_and_moves_nothing()
    {
        await Create();
        await Keep(6);
        var asleep = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stale = Begin(async (n, real) =>
        {
            if (n == 1)
            {
                await asleep.Task;
            }

            return await real();
        }, once: true);
        await Poll(() => Task.FromResult(stale.Store.Commits == 1));
        var other = Begin();
        await Keep(4);
        await AllIsDone();
        await other.End();
        var before = await Endpoint();
        asleep.SetResult();
        Assert.True(await stale.Ended);

        var after = await Endpoint();
        Assert.Equal((before.Version, before.Place.Done[0], before.Place.Mark), (after.Version, after.Place.Done[0], after.Place.Mark));
        await Taken(10);
        InOrder();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_commit_whose_answer_is_lost_is_found_made_or_made_again(bool wasMade)
    {
        await Create();
        await Keep(6);
        var runner = Begin(async (n, real) =>
        {
            if (n > 2)
            {
                return await real();
            }

            if (wasMade)
            {
                Assert.True(await real());
            }

            throw new StoreOutcomeUnknownException("The answer is lost.");
        });
        await Taken(6);
        await Keep(3);
        await Taken(9);
        await AllIsDone();
        await runner.End();

        // It went on with what it knew: nothing was posted twice.
        Assert.Equal(9, _inbox.Ids.Count);
        var rows = await Store.ListDeliveries(Tenant, _id, DeliveryStatus.Delivered, new PageRequest(100), Stop);
        Assert.Equal(_inbox.Ids.Order(), rows.Rows.Select(static r => r.EventId).Order());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task one_that_dies_at_a_commit_is_followed_by_one_that_goes_on(int step, bool wasMade)
    {
        await Create();
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Begin(async (n, real) =>
        {
            if (n < step)
            {
                return await real();
            }

            if (wasMade)
            {
                await real();
            }

            dead.TrySetResult();
            return await new TaskCompletionSource<bool>().Task;
        });
        for (var i = 0; !dead.Task.IsCompleted && i < 30; i++)
        {
            await Keep(2);
            await Task.WhenAny(dead.Task, Task.Delay(300, Stop));
        }

        Assert.True(dead.Task.IsCompleted);
        first.Forget();
        var count = _kept;
        var next = Begin();
        await Taken(count);
        await AllIsDone();
        await next.End();
        InOrder();
    }

    [Fact]
    public async Task settings_that_are_changed_meanwhile_count_and_the_place_goes_on()
    {
        await Create();
        var runner = Begin();
        await Keep(2);
        await Taken(2);
        using var elsewhere = new Inbox();
        await Change(e => e with { Url = elsewhere.Url });
        runner.Look((await Endpoint()).Version);
        await Poll(async () =>
        {
            await Keep(1);
            return elsewhere.Ids.Count > 0;
        });
        await runner.End();
        Assert.Empty(elsewhere.Ids.Intersect(_inbox.Ids));
        Assert.Equal(elsewhere.Url, (await Endpoint()).Url);
    }

    [Fact]
    public async Task what_was_posted_before_its_owner_stopped_it_is_not_posted_again_when_he_enables_it()
    {
        await Create();
        for (var round = 1; round <= 5; round++)
        {
            var runner = Begin();
            await Keep(3);
            await Taken(round * 3);

            // Now: what was posted a moment ago is not kept yet.
            await Change(static e => EndpointProgress.Disable(e, EndpointProgress.ByOwner, Guid.NewGuid()));
            runner.Look((await Endpoint()).Version);
            Assert.False(await runner.Ended);
            Assert.Equal((EndpointStatus.Disabled, EndpointProgress.ByOwner), ((await Endpoint()).Status, (await Endpoint()).StatusReason));
            await Change(static e => EndpointProgress.Enable(e, Guid.NewGuid(), DateTimeOffset.UtcNow));
        }

        var last = Begin();
        await Keep(1);
        await Taken(16);
        await AllIsDone();
        await last.End();
        Assert.Equal(16, _inbox.Ids.Count);
        InOrder();
        var rows = (await Store.ListDeliveries(Tenant, _id, DeliveryStatus.Delivered, new PageRequest(100), Stop)).Rows;
        Assert.Equal(_inbox.Ids.Order(), rows.Select(static r => r.EventId).Order());
    }

    [Fact]
    public async Task attempts_are_counted_on_and_an_exhausted_schedule_disables_and_tells()
    {
        await Create();
        _inbox.Status = 500;
        await Keep(1);

        // The first is to end with attempts left, however late it is told.
        TimeSpan[] schedule = [.. Schedule[..^2], TimeSpan.FromSeconds(5), Schedule[^1]];
        var first = Begin(schedule: schedule);
        await Poll(async () => (await Endpoint()).Place.Waiting is [{ Attempts: >= 2 }]);
        await first.End();
        var attempts = (await Endpoint()).Place.Waiting[0].Attempts;
        var next = Begin(schedule: schedule);
        Assert.False(await next.Ended);
        var endpoint = await Endpoint();
        Assert.Equal((EndpointStatus.Disabled, "failing"), (endpoint.Status, endpoint.StatusReason));
        var row = Assert.Single((await Store.ListDeliveries(Tenant, _id, null, new PageRequest(10), Stop)).Rows);
        Assert.True(attempts >= 2);
        Assert.Equal((DeliveryStatus.Pending, schedule.Length), (row.Status, row.Attempts.Length));
        await Cluster.EventsAreNumbered();
        var told = (await Cluster.Get<IEventLog>().ReadEvents(Tenant, 0, 1000, Stop)).Where(static e => e.Facts.Type == EventType.EndpointDisabled);
        Assert.Equal((_id, "failing"), Assert.Single(told.Select(static e => (e.Subject, e.Facts.Reason!))));
    }

    [Fact]
    public async Task a_row_of_the_log_of_deliveries_that_cannot_be_read_loses_no_event()
    {
        await Create();
        _inbox.Status = 500;
        await Keep(1);

        // With more attempts than it makes before it is told to end.
        TimeSpan[] schedule = [TimeSpan.Zero, .. Enumerable.Repeat(TimeSpan.FromMilliseconds(400), 40)];
        var first = Begin(schedule: schedule);
        await Poll(async () => (await Endpoint()).Place.Waiting is [{ Attempts: >= 1 }]);
        await first.End();
        Assert.Empty(_inbox.Ids);

        _inbox.Status = 204;
        var asked = 0;
        var next = Begin(schedule: schedule);
        next.Store.OnReadDelivery = _ =>
        {
            asked++;
            throw new JsonException("It is damaged.");
        };
        await Taken(1);
        await AllIsDone();
        await next.End();
        Assert.Equal(1, asked);
        var row = Assert.Single((await Store.ListDeliveries(Tenant, _id, null, new PageRequest(10), Stop)).Rows);
        Assert.Equal((DeliveryStatus.Delivered, _inbox.Ids[0]), (row.Status, row.EventId));
    }

    /// <summary>Found over a cluster: a post that came due between the look at what is due and the wait was left for a minute.</summary>
    [Fact]
    public async Task what_comes_due_while_it_is_looked_at_is_not_left_for_the_longest_wait()
    {
        await Create();
        _inbox.Status = 500;
        await Keep(1);

        // Longer than the pause before a commit, which would wake it.
        TimeSpan[] schedule = [TimeSpan.Zero, .. Enumerable.Repeat(TimeSpan.FromMilliseconds(300), 20)];
        var runner = Begin(schedule: schedule, time: new SlowLooks());
        await Poll(async () => (await Endpoint()).Status == EndpointStatus.Disabled);
        await runner.End();
    }

    /// <summary>Nobody tells it: whoever deleted the tenant may have died.</summary>
    [Fact]
    public async Task what_waits_to_be_tried_again_is_not_posted_once_its_tenant_is_deleted()
    {
        await Create();
        _inbox.Status = 500;
        await Keep(1);
        var runner = Begin(schedule: [TimeSpan.Zero, .. Enumerable.Repeat(TimeSpan.FromSeconds(4), 5)]);
        await Poll(async () => (await Endpoint()).Place.Waiting is [{ Attempts: 1 }]);

        _inbox.Status = 204;
        Assert.True(await Cluster.Get<ITenantStore>().DeleteTenant(Tenant, Chat.Start, Stop));
        await runner.Ended;
        Assert.Empty(_inbox.Ids);
    }

    [Fact]
    public async Task what_is_new_is_not_posted_to_an_endpoint_that_was_deleted_while_nothing_happened()
    {
        await Create();
        await Keep(1);
        var runner = Begin();
        await Taken(1);
        await AllIsDone();
        await Task.Delay(TimeSpan.FromSeconds(2.5), Stop);

        Assert.True(await Store.DeleteEndpoint(Tenant, _id, Stop));
        await Keep(1);
        await runner.Ended;
        Assert.Single(_inbox.Ids);
    }

    public void Dispose()
    {
        _runners.ForEach(static r => r.Forget());
        _inbox.Dispose();
    }

    private async Task Keep(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var n = ++_kept;
            await Chat.Keep(n % 2 == 0 ? Chat.Known : Chat.Hidden, $"M{n.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>The endpoint's place says that everything was delivered.</summary>
    private Task AllIsDone() => Poll(async () => (await Endpoint()).Place is { Waiting.IsEmpty: true } place && place.Done[0] == await Last());

    private async Task<long> Last() => (await Cluster.Get<IEventLog>().ReadBounds(Tenant, Stop)).Last;

    private async Task<WebhookEndpoint> Endpoint() => (await Store.ReadEndpoint(Tenant, _id, Stop))!;

    private async Task Create()
    {
        await Cluster.Get<ITenantStore>().Create(new Tenant(Tenant, Tenant, Chat.Start), Key(CredentialKind.ApiKey), Key(CredentialKind.WebhookToken), Stop);
        var endpoint = new WebhookEndpoint
        {
            OwnerId = Tenant,
            EndpointId = _id,
            Version = 1,
            Url = _inbox.Url,
            Types = [EventType.MessageCreated],
            Secrets = [new EndpointSecret(Vault.Protect(WebhookVault.New()))],
            CreatedAt = Chat.Start,
            UpdatedAt = Chat.Start,
            Place = new DeliveryPlace { Done = [0] },
        };
        Assert.True(await Store.CreateEndpoint(endpoint, 20, Stop));

        Credential Key(CredentialKind kind) => new($"{kind}", Tenant, kind, Guid.NewGuid().ToByteArray(), "hint", Chat.Start);
    }

    private async Task Change(Func<WebhookEndpoint, WebhookEndpoint> change)
    {
        WebhookEndpoint before;
        do
        {
            before = await Endpoint();
        }
        while (!await Store.UpdateEndpoint(change(before) with { Version = before.Version + 1 }, [], null, Stop));
    }

    private WebhookVault Vault => Cluster.Get<WebhookVault>();

    private Runner Begin(
        Func<int, Func<Task<bool>>, Task<bool>>? onCommit = null,
        bool once = false,
        IWebhookEndpointStore? endpoints = null,
        TimeSpan[]? schedule = null,
        TimeProvider? time = null,
        Func<Task>? beforeCall = null)
    {
        T Seen<T>(T service) => beforeCall is null ? service : (T)Stepped.Before(typeof(T), service!, beforeCall);
        var store = new TroubledEndpoints(Seen(endpoints ?? Store));
        store.OnCommit = onCommit ?? store.OnCommit;
        var options = new WebhookOptions { Schedule = schedule ?? Schedule };
        var services = new DeliveryServices(
            store,
            Seen(Cluster.Get<ITenantStore>()),
            Seen(Cluster.Get<IEventLog>()),
            Seen<IEventRenderer>(new PlainRenderer()),
            Cluster.Get<EventTail>(),
            Vault,
            new WebhookConnections(new NetworkGuard([IPNetwork.Parse("127.0.0.0/8")]), options, TimeProvider.System),
            options,
            time ?? TimeProvider.System,
            NullLogger<WebhookDelivererGrain>.Instance);
        var runner = new Runner(services, store, Tenant, _id, once);
        _runners.Add(runner);
        return runner;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Taken(int count) => Poll(() => Task.FromResult(_inbox.Ids.Distinct().Count() >= count));

    /// <summary>An event comes for the first time after all before it of its conversation; the ids are positions.</summary>
    private void InOrder()
    {
        foreach (var conversation in _inbox.Ids.Distinct().GroupBy(static id => id.Split('|')[0]))
        {
            var positions = conversation.Select(static id => long.Parse(id.Split('|')[1], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(positions.Order(), positions);
        }
    }

    private static async Task Poll(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It never came.");
            await Task.Delay(20, Stop);
        }
    }

    /// <summary>A deliverer in turns of its own, as in a grain. What a run has it gives back itself, at its end.</summary>
#pragma warning disable CA1001
    private sealed class Runner
#pragma warning restore CA1001
    {
        private readonly ConcurrentExclusiveSchedulerPair _turns = new();
        private EndpointRun? _run;
        private bool _isStopped;

        public Runner(DeliveryServices services, TroubledEndpoints store, string tenant, string id, bool once)
        {
            Store = store;
            Ended = Turn(async () =>
            {
                while (await store.ReadEndpoint(tenant, id, CancellationToken.None) is { Status: not EndpointStatus.Disabled } endpoint)
                {
                    using (_run = new EndpointRun(services, endpoint))
                    {
                        if (_isStopped)
                        {
                            _run.Stop();
                        }

                        if (!await _run.Run())
                        {
                            return WasLost;
                        }
                    }

                    WasLost = true;
                    if (once)
                    {
                        return true;
                    }

                    await Task.Delay(Clock);
                }

                return WasLost;
            });
        }

        public TroubledEndpoints Store { get; }

        /// <summary>Whether another one had moved the place.</summary>
        public Task<bool> Ended { get; }

        private bool WasLost { get; set; }

        public void Look(long version) => _ = Turn(() =>
        {
            _run?.Look(version);
            return Task.FromResult(true);
        });

        public async Task End()
        {
            Forget();
            await Ended;
        }

        public void Forget() => _ = Turn(() =>
        {
            _isStopped = true;
            _run?.Stop();
            return Task.FromResult(true);
        });

        private Task<bool> Turn(Func<Task<bool>> turn) =>
            Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.None, _turns.ExclusiveScheduler).Unwrap();
    }

    /// <summary>Timers end a little early, and each look at the clock takes a millisecond: what is not due at one look is at the next.</summary>
    private sealed class SlowLooks : TimeProvider
    {
        private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(4);
        private long _looks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMilliseconds(Interlocked.Increment(ref _looks));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > Early ? dueTime - Early : dueTime, period);
    }

    /// <summary>Events without content, whose ids tell conversation and position.</summary>
    private sealed class PlainRenderer : IEventRenderer
    {
        public Task<IReadOnlyList<RenderedEvent>> Render(string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<RenderedEvent>>([
                .. events.Select(static e => new RenderedEvent(
                    e, $"{e.Subject}|{e.Position.ToString(CultureInfo.InvariantCulture)}", "/", e.Subject, "1", "{}"u8.ToArray())),
            ]);
    }
}
