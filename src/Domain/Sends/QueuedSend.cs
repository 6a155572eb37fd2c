using Parley.Domain.Addresses;

namespace Parley.Domain.Sends;

/// <summary>A send as its session's queue has it: beside the conversation, so that a sender finds its work and an echo its send.</summary>
/// <param name="SessionId">The session that sends it.</param>
/// <param name="Line">The line, in its canonical form, as it was named when the message was queued.</param>
/// <param name="State">Queued or leaving: what is neither is in no queue.</param>
/// <param name="Since">When it came into its state.</param>
public sealed record QueuedSend(
    string SessionId,
    Guid MessageId,
    string ConversationId,
    long Sequence,
    Address Line,
    SendState State,
    string Fingerprint,
    DateTimeOffset ExpiresAt,
    DateTimeOffset Since);
