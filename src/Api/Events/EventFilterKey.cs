using Parley.Domain.Events;

namespace Parley.Api.Events;

/// <summary>A filter by what it says, so that equal ones are equal.</summary>
internal readonly record struct EventFilterKey(string Types, string Origins, string? SessionId, string? ConversationId)
{
    public static EventFilterKey Of(EventFilter filter) => new(
        string.Join(',', filter.Types.Order(StringComparer.Ordinal)),
        string.Join(',', filter.Origins.Order()),
        filter.SessionId,
        filter.ConversationId);
}
