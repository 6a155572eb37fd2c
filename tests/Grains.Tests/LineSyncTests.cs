using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class LineSyncTests(Cluster cluster) : ClusterTests(cluster)
{
    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    private ILineSyncGrain Grain => Cluster.Factories[0].GetGrain<ILineSyncGrain>(GrainKey.Of(Tenant, Outbox.SessionId));

    /// <summary>The worker comes again every two seconds, and a gateway that keeps no messages fails for ever.</summary>
    [Fact]
    public async Task a_sync_that_fails_is_tried_more_and_more_rarely_and_told_once()
    {
        await Outbox.Open();
        var asked = 0;
        Cluster.Gateway.OnRead(Outbox.Instance, _ =>
        {
            asked++;
            throw new GatewayException(GatewayFault.Unknown, "it keeps none");
        });
        var item = new SyncLine(Outbox.SessionId, Chat.Start);
        var version = (await Session()).Version;
        for (var i = 0; i < 50; i++)
        {
            Assert.False(await Grain.Run(item));
            await Task.Delay(50, Stop);
        }

        Assert.InRange(asked, 1, 2);
        var session = await Session();
        Assert.Equal((SyncStatus.Failed, "it keeps none", version + 2), (session.Sync!.Status, session.Sync.Error, session.Version));

        // What the line left when it came back does not wait for what failed before.
        Cluster.Gateway.OnRead(Outbox.Instance, _ => new WebhookReading
        {
            Event = "messages.set",
            Instance = Outbox.Instance,
            Line = Chat.Line,
            Items = [],
            PayloadOf = static _ => default,
        });
        var later = item with { LeftAt = Chat.Start.AddHours(1) };
        var began = TimeProvider.System.GetTimestamp();
        while (!await Grain.Run(later))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
            await Task.Delay(10, Stop);
        }

        Assert.Equal(SyncStatus.Done, (await Session()).Sync!.Status);
    }

    private async Task<Session> Session() => (await Cluster.Get<ISessionStore>().ReadSession(Tenant, Outbox.SessionId, Stop))!;
}
