using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;
using Parley.Ingest;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Buffering;

/// <summary>Takes in what was answered when Kafka had it. While the store is away it fails, and whoever delivers tries again, without end.</summary>
/// <remarks>It knows nothing: two of one key take in the same webhook twice, which changes nothing.</remarks>
[ImplicitStreamSubscription(BufferedIngest.Namespace), PreferLocalPlacement]
public sealed class BufferedWebhookGrain(IGrainContext context, WebhookIntake intake)
    : IGrainBase, IBufferedWebhookGrain, IStreamSubscriptionObserver, IAsyncObserver<KafkaRecord>
{
    /// <summary>How long one delivery is tried: it must be over well before its call is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private StreamSequenceToken? _done;

    public IGrainContext GrainContext => context;

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<KafkaRecord>().ResumeAsync(new DoneWhenReturned<KafkaRecord>(this));

    public async Task OnNextAsync(KafkaRecord item, StreamSequenceToken? token = null)
    {
        // A long one is delivered again while it is at work.
        if (token is null || !token.Equals(_done))
        {
            await intake.TakeBuffered(WebhookRecord.Read(item), Patience, CancellationToken.None);
            _done = token;
        }
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    /// <summary>Whoever delivers tells of its own trouble and tries again.</summary>
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
