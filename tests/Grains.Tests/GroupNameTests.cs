using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

public sealed class GroupNameTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly Address Club = Address.Parse("120363025246125888@g.us");
    private static readonly Address Choir = Address.Parse("120363025246125889@g.us");

    private readonly ConcurrentQueue<Address> _asked = new();

    private Outbox Outbox => field ??= new Outbox(Cluster, Tenant);

    [Fact]
    public async Task a_group_that_writes_gets_its_name()
    {
        await Outbox.Open();
        Answer(Outbox, "Club");

        await Outbox.InTenant(async () => await Cluster.Get<WebhookIntake>().Sync(Tenant, await Session(Tenant), Message(Club), Stop));

        await Poll(async () => await NameOf(Tenant, Club) == "Club");
    }

    [Fact]
    public async Task a_name_is_asked_for_once_a_day()
    {
        await Outbox.Open();
        Answer(Outbox, "Club");
        await Meet(TimeSpan.Zero, (Tenant, Club));
        Assert.Equal("Club", await NameOf(Tenant, Club));

        Answer(Outbox, "The Club");
        await Meet(TimeSpan.FromHours(23), (Tenant, Club));
        Assert.Equal("Club", await NameOf(Tenant, Club));

        await Meet(TimeSpan.FromHours(25), (Tenant, Club));
        Assert.Equal("The Club", await NameOf(Tenant, Club));
        Assert.Equal([Club, Club], _asked);
    }

    [Fact]
    public async Task a_group_waits_once_however_much_it_writes()
    {
        await Outbox.Open();
        Answer(Outbox, null);

        await Meet(TimeSpan.Zero, (Tenant, Club), (Tenant, Club), (Tenant, Choir), (Tenant, Club));

        Assert.Equal([Club, Choir], _asked);
    }

    [Fact]
    public async Task a_line_that_cannot_be_asked_is_left_alone_and_holds_up_no_other()
    {
        var other = new Outbox(Cluster, $"{Tenant}-other");
        await Outbox.Open();
        await other.Open();
        Cluster.Gateway.OnGroup(Outbox.Instance, group =>
        {
            _asked.Enqueue(group);
            throw new GatewayException(GatewayFault.Unknown, "no answer");
        });
        Answer(other, "Club");

        await Meet(TimeSpan.Zero, (Tenant, Club), (Tenant, Choir), ($"{Tenant}-other", Club));

        Assert.Equal([Club, Club], _asked);
        Assert.Equal("Club", await NameOf($"{Tenant}-other", Club));
    }

    [Fact]
    public async Task a_line_that_is_closed_is_not_asked()
    {
        await Outbox.Open(SessionStatus.Close);

        await Meet(TimeSpan.Zero, (Tenant, Club));

        Assert.Empty(_asked);
    }

    /// <summary>What a line's gateway says of every group; null = it has no name.</summary>
    private void Answer(Outbox outbox, string? name) => Cluster.Gateway.OnGroup(outbox.Instance, group =>
    {
        _asked.Enqueue(group);
        return Told(outbox, name is null ? [] : [new NameObserved(group, name, null, DateTimeOffset.UtcNow.AddHours(_asked.Count - 1))]);
    });

    /// <summary>Lets groups write when so much time has passed, until all of them were looked at.</summary>
    private async Task Meet(TimeSpan passed, params (string Tenant, Address Group)[] groups)
    {
        var (clock, end) = (new Later(passed), new TaskCompletionSource());
        var last = new Outbox(Cluster, $"{Tenant}-last-{passed}");
        await last.Open();
        Cluster.Gateway.OnGroup(last.Instance, _ =>
        {
            end.SetResult();
            return Told(last, []);
        });
        var met = new MetGroups(clock);
        using var namer = new GroupNamer(
            met, Cluster.Get<IDirectory>(), Cluster.Get<ISessionStore>(), Cluster.Get<Gateways>(), Cluster.Get<WebhookIntake>(), clock,
            NullLogger<GroupNamer>.Instance);
        foreach (var (tenant, group) in groups.Append(($"{Tenant}-last-{passed}", Club)))
        {
            met.Add(tenant, await Session(tenant), [group]);
        }

        await namer.StartAsync(Stop);
        await end.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await namer.StopAsync(Stop);
    }

    private static async Task Poll(Func<Task<bool>> condition)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    private async Task<Session> Session(string tenant) => (await Cluster.Get<ISessionStore>().ReadSession(tenant, Outbox.SessionId, Stop))!;

    private async Task<string?> NameOf(string tenant, Address group) =>
        (await Cluster.Get<IDirectory>().Find(tenant, [group], Stop)).GetValueOrDefault(group)?.Name;

    private WebhookReading Message(Address group) => Told(Outbox, new MessageObserved
    {
        ExternalId = "A",
        FromMe = false,
        Group = group,
        Author = Party.Of(Chat.Phone),
        Content = new MessageContent { Type = MessageType.Text, Text = "hello" },
        Timestamp = Chat.Start.AddMinutes(1),
        Origin = MessageOrigin.Live,
    });

    private static WebhookReading Told(Outbox outbox, params IReadOnlyList<Observation> observations) => new()
    {
        Event = "groups.upsert",
        Instance = outbox.Instance,
        Items = [.. observations.Select(static (observation, i) => new WebhookItem(i, observation))],
        PayloadOf = static _ => default,
    };

    private sealed class Later(TimeSpan passed) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + passed;
    }
}
