using System.Text.Json.Serialization;

namespace Parley.Api.Paging;

/// <summary>One page of a list.</summary>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Data, Pagination Pagination);

/// <summary>Where a page lies in its list.</summary>
/// <param name="Limit">The most rows that the page may have.</param>
/// <param name="Offset">The rows before it, where it was asked for by offset.</param>
/// <param name="HasMore">There are rows after it.</param>
/// <param name="NextCursor">The cursor of the page after it.</param>
/// <param name="HasPrevious">There are rows before it.</param>
/// <param name="PrevCursor">The cursor of the page before it.</param>
/// <param name="Total">The rows of the whole list; absent where a filter makes it unknown.</param>
internal sealed record Pagination(
    int Limit,
    int? Offset,
    bool HasMore,
    string? NextCursor,
    bool HasPrevious,
    string? PrevCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total = null);
