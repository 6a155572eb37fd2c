using System.Collections.Immutable;
using Parley.Domain.Messages;

namespace Parley.Domain.Events;

/// <summary>Which events a subscriber wants.</summary>
/// <param name="Types">Empty = all.</param>
/// <param name="Origins">Of messages; empty = all but history, which comes only to those who ask for it.</param>
public sealed record EventFilter(
    ImmutableArray<string> Types, ImmutableArray<MessageOrigin> Origins, string? SessionId = null, string? ConversationId = null)
{
    private const string OfSessions = "session.";
    private const string OfConversations = "conversation.";
    private const string OfMessages = "message.";

    /// <remarks>What could be wanted and is not known well enough to tell is wanted: nobody is left in the dark about what was lost.</remarks>
    /// <param name="subject">Of the log's row.</param>
    public bool Wants(string subject, EventFacts facts) =>
        (Types.IsDefaultOrEmpty
            || facts.KnownType is not { } type
            || Types.Contains(type, StringComparer.Ordinal)
            || Types.Contains(facts.Type, StringComparer.Ordinal))
        && (facts.Origin is not { } origin || (Origins.IsDefaultOrEmpty ? origin != MessageOrigin.History : Origins.Contains(origin)))
        && (SessionId is null || IsOfSession(SessionId, subject, facts))
        && (ConversationId is null
            || (ConversationId == subject && (facts.KnownType is null || IsOf(facts, OfConversations) || IsOf(facts, OfMessages))));

    private static bool IsOfSession(string sessionId, string subject, EventFacts facts) => facts switch
    {
        { KnownType: null } => facts.SessionId is null || facts.SessionId == sessionId || subject == sessionId,
        _ when IsOf(facts, OfSessions) => subject == sessionId,
        { Type: EventType.Unreadable, SessionId: null } => true,
        _ => facts.SessionId == sessionId,
    };

    private static bool IsOf(EventFacts facts, string family) => facts.KnownType?.StartsWith(family, StringComparison.Ordinal) ?? false;
}
