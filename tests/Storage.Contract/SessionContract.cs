using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Sessions.</summary>
public abstract class SessionContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_session_comes_back_with_every_field()
    {
        var session = NewSession("shop-1") with
        {
            GatewayId = "gw",
            DesiredStatus = SessionStatus.Open,
            StatusReason = "401",
            NeedsAttention = "logged_out",
            PhoneNumber = Address.Parse("5511900000000"),
            OwnLids = [Address.Parse("100000000000011@lid")],
            DeletedByTenant = true,
            StateEnvelopeMs = 5,
            StateReceivedAt = Now.AddTicks(5),
            ConnectedAt = Now,
            TransitionCount = 1,
            EventNumber = 1,
            Settings = new SessionSettings { SendsPerMinute = 7, Receipts = true },
        };
        var transition = new SessionTransition(1, null, SessionStatus.Connecting, "r", false, Now);
        var commit = new SessionCommit
        {
            TenantId = Tenant,
            Session = session,
            Transitions = [transition],
            Events = [new EventFacts { Type = "session.status_changed", Number = 1, At = Now, CurrentSession = SessionStatus.Open }],
            Leaves = [new Meet("x")],
        };
        Assert.Equal(CommitResult.Done, await Store.Sessions.Commit(commit, Token));

        Same.Value(session, await Store.Sessions.ReadSession(Tenant, "shop-1", Token));
        Same.Value(session, await Store.Sessions.FindByInstance(Tenant, session.InstanceName, Token));
        Assert.Null(await Store.Sessions.ReadSession(OtherTenant, "shop-1", Token));
        Assert.Null(await Store.Sessions.FindByInstance(OtherTenant, session.InstanceName, Token));
        Assert.Equal((1, "shop-1", 1), (await Events()).Select(logged => (logged.Position, logged.Subject, logged.Facts.Number)).Single());
        Assert.Single(await DueItems(Tenant, 5, Now, Token));
        var transitions = await Store.Sessions.ListTransitions(Tenant, "shop-1", new PageRequest(5), Token);
        Assert.Equal(transition, Assert.Single(transitions.Rows));
        Assert.Equal(1, transitions.Total);
    }

    [Fact]
    public async Task A_commit_on_another_version_is_stale_and_leaves_nothing()
    {
        await Commit(NewSession("s"));
        var stale = new SessionCommit
        {
            TenantId = Tenant,
            Session = NewSession("s") with { Version = 3, Status = SessionStatus.Destroyed },
            Transitions = [new SessionTransition(1, null, SessionStatus.Destroyed, null, true, Now)],
            Events = [new EventFacts { Type = "x", Number = 1, At = Now }],
            Leaves = [new Meet("x")],
        };

        Assert.Equal(CommitResult.Stale, await Store.Sessions.Commit(stale, Token));
        Assert.Equal(CommitResult.Stale, await Store.Sessions.Commit(stale with { Session = stale.Session with { Version = 1 } }, Token));
        Assert.Equal(1, (await Store.Sessions.ReadSession(Tenant, "s", Token))!.Version);
        Assert.Empty(await Events());
        Assert.Empty(await DueItems(Tenant, 5, Now, Token));
        Assert.Empty((await Store.Sessions.ListTransitions(Tenant, "s", new PageRequest(5), Token)).Rows);
    }

    [Fact]
    public async Task Events_of_sessions_and_conversations_share_the_tenants_positions()
    {
        await Say(NewTalk(), 1);
        await Store.Sessions.Commit(
            new SessionCommit
            {
                TenantId = Tenant,
                Session = NewSession("s"),
                Events = [new EventFacts { Type = "x", Number = 1, At = Now }],
            },
            Token);
        Assert.Equal([1, 2], (await Events()).Select(logged => logged.Position));
    }

    [Fact]
    public async Task The_living_session_of_an_instance_is_found_before_a_destroyed_one()
    {
        await Commit(NewSession("new") with { InstanceName = "i" });
        await Commit(NewSession("old") with { InstanceName = "i", Status = SessionStatus.Destroyed });
        Assert.Equal("new", (await Store.Sessions.FindByInstance(Tenant, "i", Token))!.SessionId);
    }

    [Fact]
    public async Task The_latest_webhook_stays()
    {
        await Commit(NewSession("s"));
        Assert.Null((await Store.Sessions.ReadEntry(Tenant, "s", Token))!.LastReceivedAt);
        await Store.Sessions.Touch(Tenant, "s", Now.AddTicks(3), Token);
        await Store.Sessions.Touch(Tenant, "s", Now.AddMinutes(-1), Token);

        var entry = await Store.Sessions.ReadEntry(Tenant, "s", Token);
        Assert.Equal((Tenant, Now.AddTicks(3)), (entry!.TenantId, entry.LastReceivedAt));
        Assert.Equal(1, entry.Session.Version);
        Assert.Null(await Store.Sessions.ReadEntry(Tenant, "none", Token));
    }

    [Fact]
    public async Task A_code_is_shown_until_it_expires_or_is_void()
    {
        await Commit(NewSession("s"));
        var qr = new SessionQr("2@abc", "ABCD-1234", Now.AddSeconds(60));
        await Store.Sessions.PutQr(Tenant, "s", qr, Token);

        Assert.Equal(qr, await Store.Sessions.ReadQr(Tenant, "s", Now, Token));
        Assert.Null(await Store.Sessions.ReadQr(Tenant, "s", Now.AddSeconds(60), Token));
        Assert.Null(await Store.Sessions.ReadQr(OtherTenant, "s", Now, Token));
        await Store.Sessions.Touch(Tenant, "s", Now, Token);
        Assert.Equal(qr, await Store.Sessions.ReadQr(Tenant, "s", Now, Token));
        await Store.Sessions.VoidQr(Tenant, "s", DateTimeOffset.MaxValue, Token);
        Assert.Null(await Store.Sessions.ReadQr(Tenant, "s", Now, Token));
        Assert.Equal(Now, (await Store.Sessions.ReadEntry(Tenant, "s", Token))!.LastReceivedAt);
    }

    [Fact]
    public async Task An_older_code_and_older_news_leave_a_newer_code_as_it_is()
    {
        await Commit(NewSession("s"));
        await Store.Sessions.VoidQr(Tenant, "s", Now, Token);
        var (older, newer) = (new SessionQr("2@older", null, Now.AddSeconds(59)), new SessionQr("2@newer", null, Now.AddSeconds(60)));
        await Store.Sessions.PutQr(Tenant, "s", newer, Token);
        await Store.Sessions.PutQr(Tenant, "s", older, Token);
        await Store.Sessions.VoidQr(Tenant, "s", older.ExpiresAt, Token);
        Assert.Equal(newer, await Store.Sessions.ReadQr(Tenant, "s", Now, Token));

        await Store.Sessions.VoidQr(Tenant, "s", newer.ExpiresAt, Token);
        Assert.Null(await Store.Sessions.ReadQr(Tenant, "s", Now, Token));
        await Store.Sessions.PutQr(Tenant, "s", older, Token);
        Assert.Equal(older, await Store.Sessions.ReadQr(Tenant, "s", Now, Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Lists_follow_tenant_and_id_with_filters(int limit)
    {
        for (var i = 0; i < 6; i++)
        {
            await Commit(NewSession($"s{i}") with { Status = (SessionStatus)(i % 3), NeedsAttention = i % 2 == 0 ? "x" : null });
            await Commit(NewSession($"t{i}"), OtherTenant);
        }

        Assert.Equal(["s0", "s1", "s2", "s3", "s4", "s5"], await Names(Tenant, new SessionFilter(), limit));
        Assert.Equal(["s1", "s4"], await Names(Tenant, new SessionFilter(SessionStatus.Connecting), limit));
        Assert.Equal(["s0", "s2", "s4"], await Names(Tenant, new SessionFilter(NeedsAttention: true), limit));
        Assert.Equal(["s1", "s3", "s5"], await Names(Tenant, new SessionFilter(NeedsAttention: false), limit));
        Assert.Equal(
            ["s0", "s1", "s2", "s3", "s4", "s5", "t0", "t1", "t2", "t3", "t4", "t5"], await Names(null, new SessionFilter(), limit));
        Assert.Equal(6, (await Store.Sessions.ListSessions(Tenant, new SessionFilter(), new PageRequest(1), Token)).Total);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Transitions_are_listed_newest_first(int limit)
    {
        await Commit(NewSession("other"));
        for (var i = 1; i <= 9; i++)
        {
            await CommitTransition(Tenant, "s", i);
        }

        Task<Page<SessionTransition>> List(PageRequest page) => Store.Sessions.ListTransitions(Tenant, "s", page, Token);
        var expected = Enumerable.Range(1, 9).Reverse().Select(i => (long)i);
        Assert.Equal(expected, (await Pages.Forwards(List, limit)).Select(transition => transition.Number));
        Assert.Equal(expected, (await Pages.Backwards(List, limit)).Select(transition => transition.Number));
        Assert.Equal(9, (await List(new PageRequest(1))).Total);
        Assert.Empty((await Store.Sessions.ListTransitions(Tenant, "none", new PageRequest(5), Token)).Rows);
    }

    /// <summary>A key is what a link says, and anybody can write a link.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task Transitions_of_another_session_are_shown_by_no_key(long key)
    {
        await CommitTransition(OtherTenant, "before", 1);
        await CommitTransition(Tenant, "mine before", 1);
        await CommitTransition(Tenant, "s", 1);
        await CommitTransition(Tenant, "s", 2);
        await CommitTransition(Tenant, "mine after", 1);
        await CommitTransition(OtherTenant, "after", 1);

        long[] own = [2, 1];
        Assert.Equal(key > 0 ? own : [], await Numbers(backwards: false));
        Assert.Equal(key > 0 ? [] : own, await Numbers(backwards: true));

        async Task<IEnumerable<long>> Numbers(bool backwards)
        {
            var page = await Store.Sessions.ListTransitions(Tenant, "s", new PageRequest(50, new SortKey(key), backwards), Token);
            Assert.All(page.Rows, static transition => Assert.Equal(Tenant + "/s", transition.Reason));
            return page.Rows.Select(static transition => transition.Number);
        }
    }

    private async Task CommitTransition(string tenantId, string id, int number) => Assert.Equal(
        CommitResult.Done,
        await Store.Sessions.Commit(
            new SessionCommit
            {
                TenantId = tenantId,
                Session = NewSession(id) with { Version = number, TransitionCount = number },
                Transitions = [new SessionTransition(number, SessionStatus.Close, SessionStatus.Open, tenantId + "/" + id, true, Now)],
            },
            Token));

    private Session NewSession(string id) => new()
    {
        SessionId = id,
        Version = 1,
        InstanceName = "instance " + id,
        Status = SessionStatus.Open,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    private async Task Commit(Session session, string tenantId = Tenant) => Assert.Equal(
        CommitResult.Done, await Store.Sessions.Commit(new SessionCommit { TenantId = tenantId, Session = session }, Token));

    private async Task<IEnumerable<string>> Names(string? tenantId, SessionFilter filter, int limit)
    {
        Task<Page<SessionEntry>> List(PageRequest page) => Store.Sessions.ListSessions(tenantId, filter, page, Token);
        var forwards = await Pages.Forwards(List, limit);
        Same.Values(forwards, await Pages.Backwards(List, limit));
        return forwards.Select(entry => entry.Session.SessionId);
    }
}
