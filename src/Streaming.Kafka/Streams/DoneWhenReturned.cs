using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Says of each event that it is done when its observer returned without failure.</summary>
/// <remarks>A subscriber must attach its observer by this, or say so itself: what nobody calls done is delivered again and again.</remarks>
public sealed class DoneWhenReturned<T>(IAsyncObserver<T> observer) : IAsyncObserver<T>
{
    /// <inheritdoc/>
    public async Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        await observer.OnNextAsync(item, token);
        await KafkaToken.Done(token);
    }

    /// <inheritdoc/>
    public Task OnCompletedAsync() => observer.OnCompletedAsync();

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex) => observer.OnErrorAsync(ex);
}
