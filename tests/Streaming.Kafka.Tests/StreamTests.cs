using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>The stream provider on a real broker.</summary>
public sealed class StreamTests
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task records_reach_their_grain_in_order_and_are_stored_as_done()
    {
        await using var cluster = await StreamCluster.Start(1);
        await cluster.Write(_key, 0, 50);

        await Soon.Holds(() => RecordingGrain.Done(_key).Count >= 50, "All are done");
        Assert.Equal(Enumerable.Range(0, 50), RecordingGrain.Done(_key));
        await Soon.Holds(() => cluster.Stored(_key) == 50, "It is stored");
    }

    /// <summary>A silo that was frozen may say what it knew when its successor has said more.</summary>
    [Fact]
    public async Task what_is_done_is_stored_again_though_nothing_changes()
    {
        await using var cluster = await StreamCluster.Start(1, change: static o => o with { RenewEvery = TimeSpan.FromSeconds(1) });
        await cluster.Write(_key, 0, 50);
        await Soon.Holds(() => cluster.Stored(_key) == 50, "It is stored");

        cluster.Store(_key, 3);
        await Soon.Holds(() => cluster.Stored(_key) == 50, "It is stored again");
    }

    [Fact]
    public async Task what_fails_comes_again_until_it_is_done_and_nothing_of_its_stream_overtakes_it()
    {
        var failures = 0;
        RecordingGrain.On(_key, number => number == 3 && Interlocked.Increment(ref failures) <= 4
            ? Task.FromException(new InvalidOperationException("not now"))
            : Task.CompletedTask);
        await using var cluster = await StreamCluster.Start(1);
        await cluster.Write(_key, 0, 10);

        await Soon.Holds(() => RecordingGrain.Done(_key).Count >= 10, "All are done");
        Assert.Equal(Enumerable.Range(0, 10), RecordingGrain.Done(_key));
        Assert.Equal(5, failures);
    }

    /// <summary>Another stream of the same partition goes on meanwhile, and is not stored as done past the one that waits.</summary>
    [Fact]
    public async Task only_what_is_done_without_a_gap_is_stored()
    {
        var other = $"{_key}-other";
        var opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingGrain.On(_key, number => number == 2 ? opens.Task : Task.CompletedTask);
        await using var cluster = await StreamCluster.Start(1, partitions: 1);
        await cluster.Write(_key, 0, 5);
        await cluster.Write(other, 0, 20);

        await Soon.Holds(() => RecordingGrain.Done(other).Count == 20, "The other stream is done");
        await Soon.Holds(() => cluster.Stored(_key) == 2, "What is done before it is stored");
        Assert.Equal([0, 1], RecordingGrain.Done(_key));

        opens.SetResult();
        await Soon.Holds(() => cluster.Stored(_key) == 25, "Everything is stored");
        Assert.Equal(Enumerable.Range(0, 5), RecordingGrain.Done(_key).Distinct());
    }

    [Fact]
    public async Task what_has_no_subscriber_is_never_done()
    {
        await using var cluster = await StreamCluster.Start(1, partitions: 1, name: "nobody");
        await cluster.Write(_key, 0, 3);

        // Long enough for whoever delivers to find that there is nobody: events of a stream that has somebody come through beside it.
        var heard = $"{_key}-heard";
        var stream = cluster.Orleans.Silos[0].ServiceProvider.GetRequiredKeyedService<IStreamProvider>(StreamCluster.Provider)
            .GetStream<string>("heard", heard);
        await stream.OnNextAsync("hello");
        await Soon.Holds(() => HearingGrain.Heard(heard).Count == 1, "The other stream is heard");
        await Task.Delay(cluster.Options.CommitEvery * 3, TestContext.Current.CancellationToken);

        Assert.True(cluster.Stored(_key) is null or 0, $"{cluster.Stored(_key)} is stored.");
    }

    /// <summary>More than fits waits in Kafka; nothing of it is lost.</summary>
    [Fact]
    public async Task memory_is_bounded_in_bytes_while_a_consumer_is_slow()
    {
        const int Count = 60;
        var opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingGrain.On(_key, _ => opens.Task);
        await using var cluster = await StreamCluster.Start(1, partitions: 1, change: static o => o with { CacheBytes = 200_000 });
        await cluster.Write(_key, 0, Count, length: 20_000);

        await Soon.Holds(() => Waiting(cluster) >= 200_000, "The cache is full");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.InRange(Waiting(cluster), 200_000, 225_000);

        opens.SetResult();
        await Soon.Holds(() => cluster.Stored(_key) == Count, "All are done");
        Assert.Equal(Enumerable.Range(0, Count), RecordingGrain.Done(_key).Distinct());
    }

    [Fact]
    public async Task a_silo_that_is_killed_leaves_its_partitions_to_others_which_go_on_where_it_was_done()
    {
        var keys = Enumerable.Range(0, 12).Select(n => $"{_key}-{n}").ToList();
        await using var cluster = await StreamCluster.Start(3, partitions: 6);
        foreach (var key in keys)
        {
            RecordingGrain.On(key, static _ => Task.Delay(5));
        }

        await Task.WhenAll(keys.Select(key => cluster.Write(key, 0, 100)));
        await Soon.Holds(() => keys.TrueForAll(static key => RecordingGrain.Done(key).Count > 10), "All are at work");
        await cluster.Orleans.KillSiloAsync(cluster.Orleans.Silos[1], TestContext.Current.CancellationToken);
        await Task.WhenAll(keys.Select(key => cluster.Write(key, 100, 20)));

        foreach (var key in keys)
        {
            await Soon.Holds(() => RecordingGrain.Done(key).Distinct().Count() == 120, $"All of {key} are done");

            // Some come twice: those that were done and not stored as such. Each came for the first time in its turn.
            Assert.Equal(Enumerable.Range(0, 120), RecordingGrain.Done(key).Distinct());
        }
    }

    private static long Waiting(StreamCluster cluster) => cluster.Orleans.Silos.Sum(static silo =>
        ((Parley.Streaming.Kafka.Streams.KafkaAdapterFactory)silo.ServiceProvider.GetRequiredKeyedService<IQueueAdapterFactory>(StreamCluster.Provider)).WaitingBytes);
}
