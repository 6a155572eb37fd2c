using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class MessageActionTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly Address OtherNumber = Address.Parse("4915799999999");

    /// <summary>The phone that is paired now has no such message, and its gateway says that all is well.</summary>
    [Theory]
    [InlineData(Direction.In)]
    [InlineData(Direction.Out)]
    public async Task what_another_phone_wrote_or_got_is_left_alone(Direction direction)
    {
        var outbox = new Outbox(Cluster, Tenant);
        await outbox.Open();
        await Chat.Grain(Chat.Known).Apply(new(Chat.Opening(Chat.Known), [Chat.Message($"M-{Guid.NewGuid():N}", direction, Outbox.SessionId)]));
        var (entry, head) = (await Entry(), await Chat.Head(Chat.Known));

        // The scripted gateway can do none of it: it says so when it is asked.
        await Assert.ThrowsAsync<NotSupportedException>(() => Actions.React(Tenant, entry, "👍", Stop));

        await outbox.Open(number: OtherNumber);
        Assert.Equal(MessageActionOutcome.NotPossible, await Actions.React(Tenant, entry, "👍", Stop));
        Assert.Equal(MessageActionOutcome.NotPossible, await Actions.Revoke(Tenant, entry, Stop));
        Assert.Equal(MessageActionOutcome.NotPossible, await Actions.Edit(Tenant, entry, "other", Stop));
        Assert.Equal(ReceiptOutcome.Unsupported, await Actions.MarkRead(Tenant, head, [entry.Message], Stop));
    }

    private MessageActions Actions => Cluster.Get<MessageActions>();

    private async Task<MessageEntry> Entry()
    {
        var id = (await Chat.Rows(Chat.Known)).Single().MessageId;
        return (await Cluster.Get<IQueries>().FindMessage(Tenant, id, Stop))!;
    }
}
