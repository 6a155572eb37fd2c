using Parley.Grains.Abstractions;

namespace Parley.Ingest;

/// <summary>What a person does to a conversation.</summary>
/// <exception cref="RetryableException">Any call, after a few attempts.</exception>
public sealed class ConversationActions(ConversationCalls calls, Work work, TimeProvider time)
{
    private const int Attempts = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Moves <c>readUpTo</c> forward.</summary>
    /// <param name="upTo">A sequence; null = the last one.</param>
    /// <returns>Null when there is no such conversation.</returns>
    public async Task<MarkReadReply?> MarkRead(string tenantId, string conversationId, long? upTo, CancellationToken cancellationToken)
    {
        var reply = await Retry(
            () => calls.Follow(tenantId, conversationId, grain => grain.MarkRead(upTo), static r => r.MovedTo), cancellationToken);
        return reply.Reply.Found ? reply.Reply : null;
    }

    /// <summary>Deletes a conversation's messages; a new one opens it again.</summary>
    /// <returns>False when there is no such conversation.</returns>
    public async Task<bool> Delete(string tenantId, string conversationId, CancellationToken cancellationToken)
    {
        var reply = await Retry(
            () => calls.Follow(tenantId, conversationId, grain => grain.Delete(), static r => r.MovedTo), cancellationToken);
        if (reply.Reply.Found)
        {
            await work.Wake(tenantId);
        }

        return reply.Reply.Found;
    }

    private async Task<T> Retry<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (Retryable.Is(e) && attempt < Attempts)
            {
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
        }
    }
}
