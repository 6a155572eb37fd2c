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

    /// <param name="subject">Of the log's row.</param>
    public bool Wants(string subject, EventFacts facts) =>
        (Types.IsDefaultOrEmpty || Types.Contains(facts.Type, StringComparer.Ordinal))
        && (facts.Origin is not { } origin || (Origins.IsDefaultOrEmpty ? origin != MessageOrigin.History : Origins.Contains(origin)))
        && (SessionId is null || SessionId == (IsOf(facts, OfSessions) ? subject : facts.SessionId))
        && (ConversationId is null || (ConversationId == subject && (IsOf(facts, OfConversations) || IsOf(facts, OfMessages))));

    private static bool IsOf(EventFacts facts, string family) => facts.Type.StartsWith(family, StringComparison.Ordinal);
}
