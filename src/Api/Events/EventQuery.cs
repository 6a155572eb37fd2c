using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.OpenApi;
using Parley.Api.Http;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Api.Events;

/// <summary>What a reader of events asks for.</summary>
internal static class EventQuery
{
    private const string Header = "Last-Event-ID";

    /// <summary>Three times what the most tracks come to.</summary>
    private const int LongestPlace = 1024;

    private static readonly Dictionary<string, MessageOrigin> OriginWords = Enum.GetValues<MessageOrigin>().ToDictionary(
        static origin => JsonNamingPolicy.SnakeCaseLower.ConvertName(origin.ToString()), StringComparer.Ordinal);

    public static readonly QueryParameter<IReadOnlyList<string>> Types = Words(
        "types", "Only these types, with commas between them.", "types of events with commas between them", EventCatalogue.All.Select(static k => k.Type));

    public static readonly QueryParameter<string> SessionId = QueryParameter.Text("sessionId", "Events that this session brought or is about.");

    public static readonly QueryParameter<string> ConversationId =
        QueryParameter.Text("conversationId", "Events of this conversation and its messages.", 600);

    public static readonly QueryParameter<IReadOnlyList<string>> Origins = Words(
        "origin",
        "Of events of messages: live, sync and history with commas between them. History comes only to those who ask for it.",
        "live, sync or history with commas between them",
        OriginWords.Keys);

    public static readonly QueryParameter<string> LastEventId = QueryParameter.Text(
        "lastEventId", "Where the stream begins: after this id, or with 0 at the oldest event that is kept. The header Last-Event-ID counts more.", LongestPlace);

    public static readonly QueryParameter<string> After = QueryParameter.Text(
        "after", "Of a page: the place after which it begins, as pagination.next told it; without it, or with 0, the oldest event that is kept.", LongestPlace);

    public static EventFilter Filter(HttpContext context) => new(
        [.. Types.Read(context) ?? []],
        [.. (Origins.Read(context) ?? []).Select(static word => OriginWords[word])],
        SessionId.Read(context),
        ConversationId.Read(context));

    /// <returns>The place after which a stream is to begin and what told it; null = now.</returns>
    public static (string Place, string From)? Start(HttpContext context)
    {
        // A browser that comes back repeats its address, too: what it has seen since is in the header.
        var header = context.Request.Headers[Header].ToString();
        return header.Length > 0 ? (header, Header) : LastEventId.Read(context) is { Length: > 0 } given ? (given, LastEventId.Name) : null;
    }

    private static QueryParameter<IReadOnlyList<string>> Words(string name, string description, string expected, IEnumerable<string> known)
    {
        var words = known.ToImmutableHashSet(StringComparer.Ordinal);
        return new QueryParameter<IReadOnlyList<string>>(
            name,
            description,
            expected,
            new OpenApiSchema { Type = JsonSchemaType.String },
            text => text.Split(',', StringSplitOptions.TrimEntries) is var parts && parts.All(words.Contains) ? parts : null);
    }
}
