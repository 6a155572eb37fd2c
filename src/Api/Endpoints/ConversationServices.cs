using Microsoft.AspNetCore.Mvc;
using Parley.Api.Rendering;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>What the endpoints of conversations need.</summary>
internal sealed record ConversationServices(
    [FromServices] ConversationFinder Finder,
    [FromServices] ConversationActions Actions,
    [FromServices] MessageActions Messages,
    [FromServices] MissingMessages Missing,
    [FromServices] ISessionStore Sessions,
    [FromServices] IQueries Queries,
    [FromServices] Renderer Renderer)
{
    /// <returns>The conversation, or the one that it went into; null when there is none that shows.</returns>
    public Task<ConversationEntry?> Open(HttpContext context, string conversationId, CancellationToken cancellationToken) =>
        Finder.Open(context, conversationId, cancellationToken);

    /// <summary>As the other, by the two parties in either order and any spelling.</summary>
    public Task<ConversationEntry?> Open(HttpContext context, string from, string to, CancellationToken cancellationToken) =>
        Finder.Open(context, from, to, cancellationToken);
}
