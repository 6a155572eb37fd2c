using NSubstitute;
using Parley.Domain.Conversations;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>Orleans nearly always runs one activation of each grain; nothing rests on it.</summary>
public sealed class TwoOwnersTests(Cluster cluster) : ClusterTests(cluster)
{
    [Fact]
    public async Task the_owner_that_is_behind_is_refused_and_the_next_one_goes_on()
    {
        var (rival, context) = Rival();
        Assert.Equal(ItemOutcome.Kept, await Keep(rival, "M1"));
        await Chat.Keep(Chat.Known, "M2");

        await Assert.ThrowsAsync<RetryableException>(() => Keep(rival, "M3"));
        context.Received().Deactivate(Arg.Any<DeactivationReason>(), Arg.Any<CancellationToken>());
        await Assert.ThrowsAsync<RetryableException>(() => Keep(rival, "M3"));

        var (next, _) = Rival();
        Assert.Equal(ItemOutcome.Kept, await Keep(next, "M3"));
        await Chat.AssertKept(Chat.Known, ["M1", "M2", "M3"]);
    }

    [Fact]
    public async Task the_loser_in_the_cluster_begins_anew_from_the_store_and_goes_on()
    {
        await Chat.Keep(Chat.Known, "M1");
        var (rival, _) = Rival();
        Assert.Equal(ItemOutcome.Kept, await Keep(rival, "M2"));

        await Assert.ThrowsAsync<RetryableException>(() => Chat.Keep(Chat.Known, "M3", 1));
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M3", 2));
        Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, "M2"));
        await Chat.AssertKept(Chat.Known, ["M1", "M2", "M3"]);
        await Chat.Events(Chat.Known);
    }

    [Fact]
    public async Task an_owner_that_is_behind_sees_what_the_other_kept()
    {
        await Chat.Keep(Chat.Known, "M1");
        var (rival, _) = Rival();
        await Keep(rival, "M2");

        Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, "M2"));
    }

    [Fact]
    public async Task two_owners_at_once_keep_every_message_once()
    {
        var (rival, _) = Rival();
        var ids = Enumerable.Range(1, 60).Select(static n => $"M{n}").ToList();
        foreach (var id in ids)
        {
            // Both are told every message, each as often as it takes.
            await Until(async () =>
            {
                try
                {
                    await Keep(rival, id);
                }
                catch (RetryableException)
                {
                    (rival, _) = Rival();
                    throw;
                }
            });
            await Until(() => Chat.Keep(Chat.Known, $"{id}b"));
            await Until(() => Chat.Keep(Chat.Known, id));
        }

        await Chat.AssertKept(Chat.Known, ids.Concat(ids.Select(static id => $"{id}b")));
        await Chat.Events(Chat.Known);
    }

    [Fact]
    public async Task an_activation_that_ends_forgets_nothing()
    {
        await Chat.Keep(Chat.Known, "M0");
        for (var silo = 0; silo < 3; silo++)
        {
            await Cluster.Orleans.DeactivateAsync(Chat.Grain(Chat.Known));
            Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, $"M{silo}", silo));
            Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, $"M{silo + 1}", silo));
        }

        await Chat.AssertKept(Chat.Known, ["M0", "M1", "M2", "M3"]);
    }

    private static async Task Until(Func<Task> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (RetryableException) when (attempt < 5)
            {
                // Told again, as every caller does.
            }
        }
    }

    private static async Task<ItemOutcome> Keep(ConversationGrain rival, string externalId)
    {
        var reply = await rival.Apply(Chat.Request(Chat.Known, externalId));
        return Assert.Single(reply.Outcomes).Outcome;
    }

    /// <summary>A second activation, outside of the cluster: it is called by one caller at a time.</summary>
    private (ConversationGrain Grain, IGrainContext Context) Rival()
    {
        var context = Substitute.For<IGrainContext>();
        context.GrainId.Returns(Chat.Grain(Chat.Known).GetGrainId());
        return (new ConversationGrain(context, Cluster.Store, Cluster.Get<ISessionStore>(), Cluster.Get<IWorkList>(), new ConversationOptions(), TimeProvider.System), context);
    }
}
