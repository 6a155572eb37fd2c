using Microsoft.AspNetCore.Mvc;
using Parley.Api.Rendering;
using Parley.Api.Sends;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>What the endpoints that send need.</summary>
internal sealed record SendServices(
    [FromServices] Sending Sending,
    [FromServices] OutgoingContent Content,
    [FromServices] IConversationStore Store,
    [FromServices] ISessionStore Sessions,
    [FromServices] IQueries Queries,
    [FromServices] Renderer Renderer,
    [FromServices] TimeProvider Time);
