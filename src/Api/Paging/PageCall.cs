using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Ports;

namespace Parley.Api.Paging;

/// <summary>Which page of which list a request asks for.</summary>
internal sealed class PageCall
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    public const int MaxOffset = 10_000;

    public static readonly QueryParameter<long?> LimitParameter =
        QueryParameter.Integer("limit", "The most rows of a page.", 1, MaxLimit, DefaultLimit);

    public static readonly QueryParameter<string> CursorParameter =
        QueryParameter.Text("cursor", "A cursor of this list, with the same filters.", 1024);

    public static readonly QueryParameter<long?> OffsetParameter =
        QueryParameter.Integer("offset", "Rows to skip; for far places use cursors. Not together with cursor.", 0, MaxOffset);

    public static readonly QueryParameter<Guid?> AroundParameter =
        QueryParameter.Id("around", "The id of a message: the page around it. Not together with cursor or offset.");

    /// <summary>What every list takes.</summary>
    public static readonly IQueryParameter[] Parameters = [LimitParameter, CursorParameter, OffsetParameter];

    /// <summary>What lists of messages take.</summary>
    public static readonly IQueryParameter[] MessageParameters = [.. Parameters, AroundParameter];

    private readonly HttpContext _context;
    private readonly string _scope;
    private readonly string _place;

    private PageCall(HttpContext context, PageRequest request, Guid? around, string scope, string place) =>
        (_context, Request, Around, _scope, _place) = (context, request, around, scope, place);

    public PageRequest Request { get; }

    public Guid? Around { get; }

    /// <param name="list">The list's stable name.</param>
    /// <param name="tenantId">Null for lists of the administrator.</param>
    /// <param name="place">The conversation or session whose list it is.</param>
    public static PageCall Read(HttpContext context, string list, string? tenantId, string place = "")
    {
        var limit = (int)(LimitParameter.Read(context) ?? DefaultLimit);
        var cursorText = CursorParameter.Read(context);
        var offset = OffsetParameter.Read(context);
        var around = TakesAround(context) ? AroundParameter.Read(context) : null;
        if ((cursorText is null ? 0 : 1) + (offset is null ? 0 : 1) + (around is null ? 0 : 1) > 1)
        {
            throw new ProblemException(Problem.Of(ProblemCode.InvalidRequest, "Only one of cursor, offset and around can be given."));
        }

        var scope = ScopeOf(context, list, tenantId);
        if (cursorText is null)
        {
            return new PageCall(context, new PageRequest(limit, Offset: (int)(offset ?? 0)), around, scope, place);
        }

        if (!Cursor.TryDecode(cursorText, scope, out var cursor))
        {
            throw BadCursor();
        }

        if (cursor.Place != place)
        {
            throw new CursorElsewhereException(cursor.Place);
        }

        return new PageCall(context, new PageRequest(limit, cursor.Key, cursor.Backwards), null, scope, place);
    }

    public static ProblemException BadCursor() => new(Problem.OfParameter(
        ProblemCode.BadCursor, CursorParameter.Name, "The cursor is not one of this list with these filters."));

    /// <summary>The page as it is answered; sets the <c>Link</c> header.</summary>
    public ListAnswer<T> Answer<TRow, T>(Page<TRow> page, IReadOnlyList<T> data)
    {
        var next = page is { HasMore: true, Continue: { } last } ? new Cursor(last, Backwards: false, _place).Encode(_scope) : null;
        var previous = page is { HasPrevious: true, First: { } first } ? new Cursor(first, Backwards: true, _place).Encode(_scope) : null;
        Link(next, previous);
        int? offset = Request.From is null && Around is null ? Request.Offset : null;
        return new ListAnswer<T>(
            data, new Pagination(Request.Limit, offset, next is not null, next, previous is not null, previous, page.Total));
    }

    private static string ScopeOf(HttpContext context, string list, string? tenantId)
    {
        var scope = new StringBuilder().Append(tenantId).Append('\n').Append(list);
        var filters = context.GetEndpoint()?.Metadata.GetMetadata<QueryMetadata>()?.Parameters ?? [];
        foreach (var name in filters.Except(MessageParameters).Select(filter => filter.Name).Order(StringComparer.Ordinal))
        {
            var value = context.Request.Query[name];
            if (value.Count > 0)
            {
                scope.Append('\n').Append(name).Append('=').Append(value.ToString());
            }
        }

        return scope.ToString();
    }

    private static bool TakesAround(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<QueryMetadata>()?.Parameters.Contains(AroundParameter) == true;

    private void Link(string? next, string? previous)
    {
        var links = new List<string>(2);
        if (next is not null)
        {
            links.Add($"<{UrlWith(next)}>; rel=\"next\"");
        }

        if (previous is not null)
        {
            links.Add($"<{UrlWith(previous)}>; rel=\"prev\"");
        }

        if (links.Count > 0)
        {
            _context.Response.Headers.Link = string.Join(", ", links);
        }
    }

    private string UrlWith(string cursor)
    {
        var query = new QueryBuilder();
        foreach (var (name, values) in _context.Request.Query)
        {
            if (name is not ("cursor" or "offset" or "around"))
            {
                query.Add(name, values.Select(value => value ?? ""));
            }
        }

        query.Add("cursor", cursor);
        return UriHelper.BuildRelative(_context.Request.PathBase, _context.Request.Path, query.ToQueryString());
    }
}
