using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Domain.Addresses;
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
        Finder.Open(context.Tenant(), PathText.Unescape(conversationId), cancellationToken);

    /// <summary>As the other, by the two parties in either order and any spelling.</summary>
    public async Task<ConversationEntry?> Open(HttpContext context, string from, string to, CancellationToken cancellationToken)
    {
        var found = await Finder.Find(context.Tenant(), Party("from", from), Party("to", to), cancellationToken);
        return found is null ? null : await Finder.Open(context.Tenant(), found, cancellationToken);
    }

    private static Address Party(string parameter, string text) =>
        Address.TryParse(PathText.Unescape(text), out var address)
            ? address
            : throw new ProblemException(Problem.OfParameter(
                ProblemCode.InvalidAddress, parameter, "A party is a number, a WhatsApp id or session:<id>."));
}
