using Parley.Api.Resources;
using Parley.Domain.Sessions;

namespace Parley.Api.Events;

/// <param name="Message">A <see cref="MessageResource"/>, a <see cref="GoneMessageResource"/> or an <see cref="UnreadableMessageResource"/>.</param>
internal sealed record MessageEventData(object Message);

/// <param name="Message">As in <see cref="MessageEventData"/>: as it now is, which may be further on than <paramref name="Current"/>.</param>
/// <param name="At">When the status changed.</param>
internal sealed record MessageStatusEventData(object Message, ShownStatus? Previous, ShownStatus Current, DateTimeOffset At);

/// <summary>What is left of a message that is no longer there: it was deleted with its conversation, or was another one's double.</summary>
/// <param name="Sequence">0 = it had no place in this conversation: it is the double of one that has.</param>
/// <param name="Deleted">Always true.</param>
internal sealed record GoneMessageResource(Guid Id, string ConversationId, string? SessionId, long Sequence, bool Deleted);

/// <summary>What can be told of a message that is kept and cannot be read.</summary>
/// <param name="Unreadable">Always true.</param>
internal sealed record UnreadableMessageResource(Guid Id, string ConversationId, string? SessionId, long Sequence, bool Unreadable);

/// <summary>What can still be told of an event whose row is damaged; each part is null where it cannot.</summary>
/// <param name="Type">The type that it had.</param>
internal sealed record UnreadableEventData(string? Type, string? SessionId, Guid? MessageId);

/// <param name="SessionId">The session whose message began it.</param>
internal sealed record ConversationCreatedData(string ConversationId, string? SessionId);

internal sealed record ConversationUpdatedData(string ConversationId);

/// <param name="ReadUpTo">The sequence up to which it is read.</param>
internal sealed record ConversationReadData(string ConversationId, long ReadUpTo);

/// <param name="DeletedUpTo">The sequence up to which its messages are gone.</param>
internal sealed record ConversationDeletedData(string ConversationId, long DeletedUpTo);

/// <param name="Into">The conversation that goes on in its place.</param>
/// <param name="LastSequence">The last sequence that was given under this id.</param>
internal sealed record ConversationSealedData(string ConversationId, string Into, long LastSequence);

/// <param name="ConversationId">The conversation that stays, as <paramref name="Into"/>.</param>
/// <param name="From">The conversation whose messages it took over.</param>
/// <param name="FirstSequence">The first sequence that a message taken over has here; null = none was taken over.</param>
/// <param name="LastSequence">The last sequence at the end of the merge; messages that came meanwhile may lie below it.</param>
internal sealed record ConversationMergedData(
    string ConversationId, string From, string Into, long? FirstSequence, long? LastSequence);

internal sealed record SessionCreatedData(string SessionId, SessionStatus Status);

internal sealed record SessionStatusData(string SessionId, SessionStatus Previous, SessionStatus Current, string? Reason);

internal sealed record SessionUpdatedData(string SessionId);

/// <param name="Code">What a person must do, as <c>needsAttention</c> of the session says it; null = nothing any more.</param>
internal sealed record SessionAttentionData(string SessionId, string? Code);

/// <param name="ExpiresAt">Until when the code lives. It is fetched with GET /sessions/{id}/qr.</param>
internal sealed record SessionQrData(string SessionId, DateTimeOffset ExpiresAt);

/// <param name="Previous">The status that it had.</param>
internal sealed record SessionDeletedData(string SessionId, SessionStatus? Previous);

/// <param name="Reason">A stable word; null where none is known.</param>
internal sealed record EndpointDisabledData(string EndpointId, string? Reason);
