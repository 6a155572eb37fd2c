using Parley.Grains.Abstractions;

namespace Parley.Ingest;

/// <summary>What a person does to a conversation.</summary>
/// <exception cref="RetryableException">Any call, after a few attempts.</exception>
public sealed class ConversationActions(ConversationCalls calls, Work work, TimeProvider time)
{
    /// <summary>Moves <c>readUpTo</c> forward.</summary>
    /// <param name="upTo">A sequence; null = the last one.</param>
    /// <returns>Null when there is no such conversation.</returns>
    public async Task<MarkReadReply?> MarkRead(string tenantId, string conversationId, long? upTo, CancellationToken cancellationToken)
    {
        var reply = await Retryable.Repeat(
            () => calls.Follow(tenantId, conversationId, grain => grain.MarkRead(upTo), static r => r.MovedTo), time, cancellationToken);
        return reply.Reply.Found ? reply.Reply : null;
    }

    /// <summary>Deletes a conversation's messages; a new one opens it again.</summary>
    /// <returns>False when there is no such conversation.</returns>
    public async Task<bool> Delete(string tenantId, string conversationId, CancellationToken cancellationToken)
    {
        var reply = await Retryable.Repeat(
            () => calls.Follow(tenantId, conversationId, grain => grain.Delete(), static r => r.MovedTo), time, cancellationToken);
        if (reply.Reply.Found)
        {
            await work.Wake(tenantId);
        }

        return reply.Reply.Found;
    }
}
