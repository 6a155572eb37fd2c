using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>One tenant's line talking to Ana, who is known by a number, by a hidden id, or by both.</summary>
internal sealed class Chat(Cluster cluster, string tenant)
{
    private const int CallsUntilBegun = 4;

    public static readonly Address Line = Address.Parse("5511900000009");
    public static readonly Address Phone = Address.Parse("5511987650001");
    public static readonly Address Lid = Address.Parse("100000000000011@lid");
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The conversation under Ana's number.</summary>
    public static string Known => ConversationId.Of(Line, Phone);

    /// <summary>The conversation under her hidden id.</summary>
    public static string Hidden => ConversationId.Of(Line, Lid);

    public static ConversationOpening Opening(string id) => id == Hidden
        ? new(ConversationKind.Direct, Line, Party.Of(Lid), null, [AddressPair.Of(Line, Lid)])
        : new(ConversationKind.Direct, Line, Party.Of(Phone), null, [AddressPair.Of(Line, Phone)]);

    public static KeepItem Message(string externalId, Direction direction = Direction.In, string sessionId = "shop") => new(new IncomingMessage
    {
        ExternalId = externalId,
        Direction = direction,
        Origin = MessageOrigin.Live,
        Status = direction == Direction.In ? MessageStatus.Delivered : MessageStatus.Sent,
        SessionId = sessionId,
        From = direction == Direction.In ? Phone : Line,
        To = direction == Direction.In ? Line : Phone,
        Content = new MessageContent { Type = MessageType.Text, Text = externalId },
        Timestamp = Start,
        ReceivedAt = Start,
    });

    public static StatusChange Read(string externalId) => new()
    {
        TargetId = externalId,
        Stamp = new ChangeStamp(null, null, "gateway"),
        At = Start.AddMinutes(1),
        Status = MessageStatus.Read,
        Line = Line,
    };

    public static ApplyRequest Request(string id, params IEnumerable<string> externalIds) =>
        new(Opening(id), [.. externalIds.Select(static e => (ConversationItem)Message(e))]);

    public IConversationGrain Grain(string id, int silo = 0) =>
        cluster.Factories[silo % cluster.Factories.Count].GetGrain<IConversationGrain>(GrainKey.Of(tenant, id));

    public async Task<ItemOutcome> Keep(string id, string externalId, int silo = 0)
    {
        var reply = await Grain(id, silo).Apply(Request(id, externalId));
        return Assert.Single(reply.Outcomes).Outcome;
    }

    /// <summary>Waits until the calls that a silo has made to a conversation have begun there and have looked up what they need: the look-up
    /// of another call shows that it has begun.</summary>
    /// <remarks>Orleans promises no order between calls, and one that arrives together with another may overtake it. So there are several, each
    /// sent when the last has begun.</remarks>
    public async Task Begun(string id, int silo = 0)
    {
        for (var call = 0; call < CallsUntilBegun; call++)
        {
            var nobody = $"nobody-{call}";
            var lookedUp = cluster.Store.LookedUp(tenant, nobody);
            var last = Grain(id, silo).Apply(new ApplyRequest(null, [new ChangeItem(Read(nobody), "shop", Direction.In, null)]));
            _ = last.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            await lookedUp.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public async Task<ConversationHead> Head(string id) => (await cluster.Store.ReadHead(tenant, id, CancellationToken.None))!;

    public async Task<ImmutableArray<KeptMessage>> Rows(string id)
    {
        var rows = ImmutableArray.CreateBuilder<KeptMessage>();
        while (true)
        {
            var after = rows.Count == 0 ? 0 : rows[^1].Sequence;
            var page = await cluster.Store.ReadAfter(tenant, id, after, 500, CancellationToken.None);
            if (page.Count == 0)
            {
                return rows.DrainToImmutable();
            }

            rows.AddRange(page);
        }
    }

    /// <summary>The messages of a conversation are exactly these, each once, in a sequence without a gap.</summary>
    public async Task AssertKept(string id, IEnumerable<string> externalIds)
    {
        var rows = await Rows(id);
        Assert.Equal(Enumerable.Range(1, rows.Length).Select(static n => (long)n), rows.Select(static r => r.Sequence));
        Assert.Equal(externalIds.Order(StringComparer.Ordinal), rows.Select(static r => r.Message!.ExternalId).Order(StringComparer.Ordinal));
        var head = await Head(id);
        Assert.Equal(rows.Length, head.LastSequence);
        Assert.Equal(rows.Length, head.MessageCount);
    }

    /// <summary>As many messages are in a conversation, whichever they are.</summary>
    public async Task AssertCount(string id, int count) => Assert.Equal(count, (await Rows(id)).Count(static r => r.Message is not null));

    /// <summary>The events of one conversation, as its tenant's log has them.</summary>
    public async Task<IReadOnlyList<LoggedEvent>> Events(string id)
    {
        await cluster.EventsAreNumbered();
        var log = await cluster.Get<IEventLog>().ReadEvents(tenant, 0, 10_000, CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(static n => (long)n), log.Select(static e => e.Position));
        var own = log.Where(e => e.Subject == id).ToList();
        Assert.Equal(Enumerable.Range(1, own.Count).Select(static n => (long)n), own.Select(static e => e.Facts.Number));
        return own;
    }
}
