using Parley.Domain.Conversations;
using Parley.Ingest;

namespace Parley.Api.Resources;

/// <summary>A conversation: the two parties, what is counted, and its last message.</summary>
/// <param name="SuspectedMissing">Gateway ids that a receipt, a quote, a reaction or an edit names, and whose messages never came: at most 50.
/// Null in lists.</param>
internal sealed record ConversationResource(
    string ConversationId,
    ConversationKind Kind,
    IReadOnlyList<string> Participants,
    LineResource Line,
    ContactResource Contact,
    IReadOnlyList<string> SessionIds,
    long MessageCount,
    long InboundCount,
    long OutboundCount,
    long UnreadCount,
    long ReadUpTo,
    long LastSequence,
    MessageResource? LastMessage,
    DateTimeOffset? LastActivityAt,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string>? SuspectedMissing = null);

internal sealed record LineResource(string? SessionId, string Address);

internal sealed record ContactResource(string Address, string? PhoneNumber, string? Lid, string? Name, string? PictureUrl);

/// <param name="Sequence">Up to which message; null = the last one.</param>
/// <param name="Receipt">Whether the customer sees blue ticks; null = as the session is set.</param>
internal sealed record MarkReadRequest(long? Sequence = null, bool? Receipt = null);

internal sealed record MarkReadResource(long UnreadCount, long ReadUpTo, ReceiptOutcome Receipt);
