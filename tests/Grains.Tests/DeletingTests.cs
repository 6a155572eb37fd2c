using Parley.Domain.Conversations;
using Parley.Grains.Abstractions;
using Parley.Ingest;

namespace Parley.Grains.Tests;

public sealed class DeletingTests(Cluster cluster) : ClusterTests(cluster)
{
    private ConversationActions Actions => Cluster.Get<ConversationActions>();

    [Fact]
    public async Task a_deleted_conversation_is_gone_and_a_new_message_opens_it_again_at_the_next_sequence()
    {
        await Chat.Keep(Chat.Known, "M1");
        await Chat.Keep(Chat.Known, "M2");

        Assert.True(await Actions.Delete(Tenant, Chat.Known, Stop));
        Assert.False(await Actions.Delete(Tenant, Chat.Known, Stop));
        Assert.Null(await Actions.MarkRead(Tenant, Chat.Known, null, Stop));
        Assert.Null(await Cluster.Get<ConversationFinder>().Open(Tenant, Chat.Known, Stop));
        Assert.Equal(ItemOutcome.Ignored, await Chat.Keep(Chat.Known, "M1"));

        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M3"));
        var head = await Chat.Head(Chat.Known);
        Assert.Equal((3L, 1L, 1L), (head.LastSequence, head.MessageCount, head.UnreadCount));
        Assert.NotNull(await Cluster.Get<ConversationFinder>().Open(Tenant, Chat.Known, Stop));
    }

    [Fact]
    public async Task the_worker_turns_what_is_deleted_into_tombstones_page_after_page()
    {
        var ids = Enumerable.Range(1, 450).Select(static n => $"M{n}").ToList();
        await Chat.Grain(Chat.Known).Apply(Chat.Request(Chat.Known, ids));
        await Chat.Grain(Chat.Known).Delete();
        await Chat.Keep(Chat.Known, "late");
        Assert.True(await Cluster.Factories[2].GetGrain<ITenantWorkerGrain>(Tenant).Run());

        var rows = await Chat.Rows(Chat.Known);
        Assert.Equal(451, rows.Length);
        Assert.All(rows[..450], static r => Assert.Null(r.Message));
        Assert.Equal("late", rows[450].Message!.ExternalId);
        var head = await Chat.Head(Chat.Known);
        Assert.Equal(head.DeletedUpTo, head.ErasedUpTo);
        Assert.Equal(ItemOutcome.Ignored, await Chat.Keep(Chat.Known, "M7"));
        Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, "late"));
    }

    [Fact]
    public async Task there_is_nothing_to_delete_in_a_conversation_that_never_was()
    {
        Assert.False(await Actions.Delete(Tenant, Chat.Known, Stop));
        Assert.Null(await Actions.MarkRead(Tenant, Chat.Known, 1, Stop));
    }
}
