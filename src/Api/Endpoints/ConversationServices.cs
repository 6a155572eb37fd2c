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
    [FromServices] Renderer Renderer);
