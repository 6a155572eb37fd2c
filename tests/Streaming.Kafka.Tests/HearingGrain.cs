using System.Collections.Concurrent;
using Orleans.Streams;
using Orleans.Streams.Core;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Is woken by streams that grains write, not plain producers.</summary>
[Alias("parley.tests.IHearingGrain")]
public interface IHearingGrain : IGrainWithStringKey;

[ImplicitStreamSubscription("heard")]
public sealed class HearingGrain(IGrainContext context) : IGrainBase, IHearingGrain, IStreamSubscriptionObserver, IAsyncObserver<string>
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Notes = new(StringComparer.Ordinal);

    public IGrainContext GrainContext => context;

    public static IReadOnlyList<string> Heard(string key) => [.. Notes.GetOrAdd(key, static _ => [])];

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<string>().ResumeAsync(new DoneWhenReturned<string>(this));

    public Task OnNextAsync(string item, StreamSequenceToken? token = null)
    {
        Notes.GetOrAdd(context.GrainId.Key.ToString()!, static _ => []).Enqueue(item);
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
