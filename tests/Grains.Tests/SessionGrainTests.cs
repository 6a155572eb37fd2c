using Parley.Domain.Addresses;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class SessionGrainTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly SessionSignal Traffic = new() { Traffic = true, ReceivedAt = Chat.Start };

    [Fact]
    public async Task a_session_heard_of_by_all_silos_at_once_is_made_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Grain(i).Observe("shop", [Traffic with { PhoneNumber = Chat.Line }])));

        var session = await Cluster.Get<ISessionStore>().ReadSession(Tenant, "shop", Stop);
        Assert.Equal((1L, 1L), (session!.Version, session.EventNumber));
        Assert.Equal(Chat.Line, session.PhoneNumber);
        var due = await Cluster.Get<IWorkList>().Due(Tenant, 10, DateTimeOffset.UtcNow, Stop);
        Assert.Equal(new Domain.Work.SameParty(Address.OfSession("shop"), Chat.Line), Assert.Single(due).Item);
    }

    [Fact]
    public async Task a_session_with_any_name_has_a_grain()
    {
        const string name = "a/b:c~ 😀";
        var session = await Cluster.Factories[1].GetGrain<ISessionGrain>(GrainKey.Of(Tenant, name)).Observe(name, [Traffic]);

        Assert.Equal(name, session.SessionId);
        Assert.NotNull(await Cluster.Get<ISessionStore>().FindByInstance(Tenant, name, Stop));
    }

    [Fact]
    public async Task states_in_one_call_are_taken_in_their_order()
    {
        var session = await Grain(0).Observe(
            "shop",
            [
                new() { Status = SessionStatus.Connecting, EnvelopeMs = 1, ReceivedAt = Chat.Start },
                new() { Status = SessionStatus.Open, EnvelopeMs = 2, ReceivedAt = Chat.Start },
            ]);

        Assert.Equal(SessionStatus.Open, session.Status);
        Assert.Equal(2, session.Version);
    }

    /// <summary>What changes nothing by its memory may change much by what another owner has committed.</summary>
    [Fact]
    public async Task an_owner_that_was_overtaken_gives_no_answer_from_memory()
    {
        await Grain(0).Observe("shop", [Traffic]);
        var store = Cluster.Get<ISessionStore>();
        var session = (await store.ReadSession(Tenant, "shop", Stop))!;
        await store.Commit(new SessionCommit { TenantId = Tenant, Session = session with { Version = session.Version + 1, DesiredStatus = SessionStatus.Close } }, Stop);

        var nothing = new SessionCommand { Kind = SessionCommandKind.Update };
        await Assert.ThrowsAsync<RetryableException>(() => Grain(0).Command(nothing));
        var reply = await Grain(0).Command(nothing);

        Assert.Equal((SessionOutcome.Done, SessionStatus.Close), (reply.Outcome, reply.Session!.DesiredStatus));
    }

    private ISessionGrain Grain(int silo) => Cluster.Factories[silo % 3].GetGrain<ISessionGrain>(GrainKey.Of(Tenant, "shop"));
}
