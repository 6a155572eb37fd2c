using Orleans.CodeGeneration;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Grains.Abstractions;

/// <summary>The one owner of a conversation: gives its messages their place and status. Key: <c>tenant/conversationId</c>.</summary>
/// <remarks>Every call is durable when it returns and harmless when repeated. A sealed conversation answers with the id of the one
/// that stays; the caller goes there.</remarks>
/// <exception cref="RetryableException">Any call: it may have happened or not.</exception>
[TenantGrain, Alias("parley.IConversationGrain"), Version(2)]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>Applies what one webhook says of this conversation, in the order given. At most 500 items or 4 MB.</summary>
    [Alias("Apply")]
    Task<ApplyReply> Apply(ApplyRequest request);

    /// <summary>Moves <c>readUpTo</c> forward.</summary>
    /// <param name="upTo">A sequence; null = the last one.</param>
    [Alias("MarkRead")]
    Task<MarkReadReply> MarkRead(long? upTo);

    /// <summary>Sets the delete mark at the last sequence.</summary>
    [Alias("Delete")]
    Task<DeleteReply> Delete();

    /// <summary>Makes the conversation be found under a better address of one of its parties.</summary>
    [Alias("Learn")]
    Task<LearnReply> Learn(Address known, Address better);

    /// <summary>Ends the conversation in favour of another, if by its own head that is the one to stay.</summary>
    [Alias("Seal")]
    Task<SealReply> Seal(SealRequest request);

    /// <summary>Takes over the next page of messages of a sealed conversation.</summary>
    [Alias("TakeOver")]
    Task<TakeOverReply> TakeOver(string from);

    /// <summary>Turns the next page of messages under the delete mark into tombstones.</summary>
    /// <returns>True while there is more to do.</returns>
    [Alias("Erase")]
    Task<bool> Erase();

    /// <summary>Turns the later of two copies of one message, kept in two conversations at once, into a tombstone.</summary>
    /// <returns>False when it is not here (any more).</returns>
    [Alias("DropDouble")]
    Task<bool> DropDouble(string externalId, Direction direction);

    /// <summary>Puts a message into the queue of its session, at the end of this conversation.</summary>
    [Alias("Queue")]
    Task<QueueReply> Queue(QueueRequest request);

    /// <summary>Makes a queued send leave, if it is its turn. Asked again with the same token it answers the same.</summary>
    [Alias("Leave")]
    Task<LeaveReply> Leave(Guid messageId, Guid token);

    /// <summary>Takes in how a send ended.</summary>
    [Alias("Settle")]
    Task<SettleReply> Settle(SettleRequest request);

    /// <summary>Fails a send that is still queued.</summary>
    [Alias("Cancel")]
    Task<SettleReply> Cancel(Guid messageId);
}
