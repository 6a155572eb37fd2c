using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Whose an instance is, when only its name is known.</summary>
public abstract class OwnerContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task The_sessions_of_an_instance_are_found_in_every_tenant()
    {
        await Commit(NewSession("s1", "i"), Tenant);
        await Commit(NewSession("s2", "i"), OtherTenant);
        await Commit(NewSession("s3", "I"), OtherTenant);
        await Store.Sessions.Touch(Tenant, "s1", Now.AddTicks(5), Token);

        var owners = await Store.Sessions.FindOwners("i", Token);
        Same.Values(
            [new SessionEntry(Tenant, NewSession("s1", "i"), Now.AddTicks(5)), new SessionEntry(OtherTenant, NewSession("s2", "i"), null)],
            owners.OrderBy(owner => owner.TenantId, StringComparer.Ordinal));
        Assert.Empty(await Store.Sessions.FindOwners("none", Token));
    }

    [Fact]
    public async Task The_living_sessions_of_an_instance_come_before_the_destroyed()
    {
        await Commit(NewSession("living", "i"), Tenant);
        for (var i = 0; i < 14; i++)
        {
            await Commit(NewSession($"destroyed {i}", "i") with { Status = SessionStatus.Destroyed }, OtherTenant);
        }

        var owners = await Store.Sessions.FindOwners("i", Token);
        Assert.Equal(10, owners.Count);
        Assert.Equal("living", owners[0].Session.SessionId);
    }

    [Fact]
    public async Task A_session_is_found_by_the_instance_that_it_has_now()
    {
        await Commit(NewSession("s", "before"), Tenant);
        await Commit(NewSession("s", "now") with { Version = 2 }, Tenant);

        Assert.Empty(await Store.Sessions.FindOwners("before", Token));
        Assert.Single(await Store.Sessions.FindOwners("now", Token));
    }

    private Session NewSession(string id, string instance) => new()
    {
        SessionId = id,
        Version = 1,
        InstanceName = instance,
        Status = SessionStatus.Open,
        CreatedAt = Now,
        UpdatedAt = Now,
        Settings = new SessionSettings { SendsPerMinute = 7, Receipts = true },
    };

    private async Task Commit(Session session, string tenantId) => Assert.Equal(
        CommitResult.Done, await Store.Sessions.Commit(new SessionCommit { TenantId = tenantId, Session = session }, Token));
}
