using Parley.Domain.Addresses;
using Parley.Domain.Messages;
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
        Cluster.Gateway.OnRead(Outbox.Instance, _ => Read([]));
        await Done(item with { LeftAt = Chat.Start.AddHours(1) });

        Assert.Equal(SyncStatus.Done, (await Session()).Sync!.Status);
    }

    /// <summary>The gateway sorts anew for each page, by whole seconds: a row at the edge of two may be in none.</summary>
    [Fact]
    public async Task a_row_that_is_on_no_page_is_found_in_a_shorter_stretch()
    {
        await Outbox.Open();
        string[] all = ["M1", "M2", "M3"];
        Cluster.Gateway.OnPage(Outbox.Instance, query =>
        {
            var within = all.Where(id => query.Since <= At(id) && At(id) < query.Until).ToList();
            var shown = within.Count < 3 ? within : query.Cursor is null ? ["M3", "M2"] : ["M2"];
            return new MessagesPage(Read(shown), within.Count == 3 && query.Cursor is null ? "2" : null, within.Count) { Rows = shown };
        });
        var item = new SyncLine(Outbox.SessionId, Chat.Start) { Until = Chat.Start.AddHours(1), RunId = Guid.CreateVersion7() };

        await Done(item);

        await Chat.AssertKept(Chat.Known, all);
        Assert.Equal((SyncStatus.Done, 3L), ((await Session()).Sync!.Status, (await Session()).Sync!.Read));
    }

    private static DateTimeOffset At(string id) => Chat.Start.AddMinutes(10 * (id[1] - '0'));

    private WebhookReading Read(IReadOnlyList<string> ids) => new()
    {
        Event = "messages.set",
        Instance = Outbox.Instance,
        Line = Chat.Line,
        Items = [.. ids.Select(static (id, i) => new WebhookItem(i, new MessageObserved
        {
            ExternalId = id,
            FromMe = false,
            Peer = Party.Of(Chat.Phone),
            Content = new MessageContent { Type = MessageType.Text, Text = id },
            Timestamp = At(id),
            Origin = MessageOrigin.Sync,
        }))],
        PayloadOf = static _ => default,
    };

    private async Task Done(SyncLine item)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await Grain.Run(item))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
            await Task.Delay(10, Stop);
        }
    }

    private async Task<Session> Session() => (await Cluster.Get<ISessionStore>().ReadSession(Tenant, Outbox.SessionId, Stop))!;
}
