using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Orleans.Streams;
using Orleans.Streams.Core;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Notes what it gets, does what its test wants, and returns, or does not.</summary>
[ImplicitStreamSubscription(Namespace)]
public sealed class RecordingGrain(IGrainContext context) : IGrainBase, IRecordingGrain, IStreamSubscriptionObserver, IAsyncObserver<KafkaRecord>
{
    public const string Namespace = "recorded";

    private static readonly ConcurrentDictionary<string, ConcurrentQueue<int>> Notes = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Func<int, Task>> Scripts = new(StringComparer.Ordinal);

    public IGrainContext GrainContext => context;

    /// <summary>What was done of a key, in order.</summary>
    public static IReadOnlyList<int> Done(string key) => [.. Notes.GetOrAdd(key, static _ => [])];

    /// <summary>What happens with each record of a key before it is done.</summary>
    public static void On(string key, Func<int, Task> script) => Scripts[key] = script;

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<KafkaRecord>().ResumeAsync(new DoneWhenReturned<KafkaRecord>(this));

    public async Task OnNextAsync(KafkaRecord item, StreamSequenceToken? token = null)
    {
        var number = int.Parse(Encoding.UTF8.GetString(item.Value.Span)[..8], CultureInfo.InvariantCulture);
        if (Scripts.TryGetValue(item.Key, out var script))
        {
            await script(number);
        }

        Notes.GetOrAdd(item.Key, static _ => []).Enqueue(number);
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
