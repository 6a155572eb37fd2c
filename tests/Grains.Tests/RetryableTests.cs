using Orleans.Runtime.Messaging;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>What is not retryable counts as a fault of the input, and its payload goes to quarantine: a silo that left must never do that.</summary>
public sealed class RetryableTests(Cluster cluster) : ClusterTests(cluster)
{
    public static TheoryData<Exception> OfTheCluster =>
    [
        new SiloUnavailableException("gone"),
        new ConnectionFailedException("no gateway"),
        new GatewayTooBusyException("busy"),
        new LimitExceededException("too many"),
        new TimeoutException("no answer"),
        new RetryableException("another silo's store"),
        new StoreUnavailableException("this node's store"),
    ];

    [Theory]
    [MemberData(nameof(OfTheCluster))]
    public void what_a_call_meets_on_its_way_may_be_tried_again(Exception met) => Assert.True(Retryable.Is(met));

    [Fact]
    public async Task that_no_silo_takes_a_grain_may_be_tried_again()
    {
        // As while the only silo stops: no silo has it.
        var nowhere = Cluster.Factories[0].GetGrain(GrainId.Create("nowhere", Tenant)).AsReference<ISessionGrain>();

        var met = await Assert.ThrowsAnyAsync<Exception>(() => nowhere.Attention("code"));

        Assert.Equal(typeof(OrleansException), met.GetType());
        Assert.True(Retryable.Is(met), met.Message);
    }

    [Fact]
    public void a_fault_and_a_refusal_are_not_tried_again()
    {
        Assert.False(Retryable.Is(new InvalidOperationException("a fault")));
        Assert.False(Retryable.Is(new TenantMismatchException("another tenant")));
        Assert.False(Retryable.Is(new OrleansException("something of a grain")));
    }
}
