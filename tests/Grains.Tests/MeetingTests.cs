using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>A change and its message find each other, whichever comes first.</summary>
public sealed class MeetingTests(Cluster cluster) : ClusterTests(cluster)
{
    private ChangeRouter Changes => Cluster.Get<ChangeRouter>();

    [Fact]
    public async Task a_change_after_its_message_is_applied()
    {
        await Chat.Keep(Chat.Known, "M1");

        Assert.Equal([ItemOutcome.Changed], await Changes.Route(Tenant, "shop", [Chat.Read("M1")], Stop));
        await AssertRead("M1");
    }

    [Fact]
    public async Task a_change_before_its_message_is_parked_and_applied_when_it_comes()
    {
        Assert.Equal([ItemOutcome.NotHere], await Changes.Route(Tenant, "shop", [Chat.Read("M1")], Stop));
        await Chat.Keep(Chat.Known, "M1");

        await AssertRead("M1");
        Assert.Empty(await Parked());
    }

    [Fact]
    public async Task a_change_and_its_message_at_once_find_each_other()
    {
        var ids = Enumerable.Range(1, 60).Select(static n => $"M{n}").ToList();
        await Task.WhenAll(ids.SelectMany((id, i) => (Task[])
        [
            Chat.Keep(Chat.Known, id, i),
            Changes.Route(Tenant, "shop", [Chat.Read(id)], Stop),
        ]));

        foreach (var id in ids)
        {
            await AssertRead(id);
        }

        Assert.Empty(await Parked());
        Assert.Equal(0, (await Chat.Head(Chat.Known)).UnreadCount);
        await Chat.AssertKept(Chat.Known, ids);
    }

    [Fact]
    public async Task a_change_told_by_another_line_stays_parked()
    {
        await Chat.Keep(Chat.Known, "M1");
        var foreign = Chat.Read("M1") with { Line = Domain.Addresses.Address.Parse("5511900000077") };

        Assert.Equal([ItemOutcome.NotHere], await Changes.Route(Tenant, "other", [foreign], Stop));
        Assert.Single(await Parked());
    }

    [Fact]
    public async Task the_same_change_told_twice_is_parked_once()
    {
        await Changes.Route(Tenant, "shop", [Chat.Read("M1")], Stop);
        await Changes.Route(Tenant, "shop", [Chat.Read("M1")], Stop);

        Assert.Single(await Parked());
    }

    private async Task AssertRead(string externalId)
    {
        var lookup = await Cluster.Store.LookUp(Tenant, [externalId], Stop);
        Assert.Equal(MessageStatus.Read, Assert.Single(lookup.Messages).Message!.Status);
    }

    private async Task<IEnumerable<ParkedChange>> Parked() =>
        (await Cluster.Get<IParkingLot>().ListParked(0, 500, Stop)).Where(p => p.TenantId == Tenant);
}
