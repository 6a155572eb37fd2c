using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Problems;
using Parley.Domain.Addresses;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>The conversation that a path names.</summary>
internal static class ConversationPaths
{
    /// <returns>The conversation, or the one that it went into; null when there is none that shows.</returns>
    public static Task<ConversationEntry?> Open(
        this ConversationFinder finder, HttpContext context, string conversationId, CancellationToken cancellationToken) =>
        finder.Open(context.Tenant(), PathText.Unescape(conversationId), cancellationToken);

    /// <summary>As the other, by the two parties in either order and any spelling.</summary>
    /// <exception cref="ProblemException">One of them is no party.</exception>
    public static async Task<ConversationEntry?> Open(
        this ConversationFinder finder, HttpContext context, string from, string to, CancellationToken cancellationToken)
    {
        var found = await finder.Find(context.Tenant(), Party("from", from), Party("to", to), cancellationToken);
        return found is null ? null : await finder.Open(context.Tenant(), found, cancellationToken);
    }

    private static Address Party(string parameter, string text) =>
        Address.TryParse(PathText.Unescape(text), out var address)
            ? address
            : throw new ProblemException(Problem.OfParameter(
                ProblemCode.InvalidAddress, parameter, "A party is a number, a WhatsApp id or session:<id>."));
}
