using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Parley.Grains.Abstractions;

namespace Parley.Grains.Tests;

public sealed class IdleGrainTests
{
    [Fact]
    public async Task conversations_that_nobody_needs_leave_memory()
    {
        await using var cluster = new Cluster(1, static silo => silo.Configure<GrainCollectionOptions>(static options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(1);
            options.ClassSpecificCollectionAge[typeof(ConversationGrain).FullName!] = TimeSpan.FromSeconds(3);
        }));
        await cluster.InitializeAsync();
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        TenantContext.Set("acme");
        var chat = new Chat(cluster, "acme");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => chat.Grain($"c{n}").MarkRead(null)));

        // It may have been the first of them, and idle for as long as the others took.
        await chat.Grain("c0").MarkRead(null);
        Assert.True(cluster.Orleans.TryGetGrainContext(chat.Grain("c0").GetGrainId(), out _));

        // Ends at once for each that has left; the test's own time limit catches one that does not.
        for (var n = 0; n < 50; n++)
        {
            await cluster.Orleans.WaitForDeactivationAsync(chat.Grain($"c{n}")).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        Assert.False(cluster.Orleans.TryGetGrainContext(chat.Grain("c0").GetGrainId(), out _));
    }
}
