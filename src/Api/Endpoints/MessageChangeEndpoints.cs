using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Api.Sends;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Changes to messages that WhatsApp has: the gateway does them before the request is answered.</summary>
internal static class MessageChangeEndpoints
{
    private const int LongestText = 65_536;
    private const int LongestEmoji = 64;

    public static void MapMessageChanges(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/messages/{messageId}").WithTags("Messages");
        Describe(group.MapPatch("", Edit), "editMessage", "Change the text of an own message")
            .Example(new EditMessageRequest("Yes, it is. Until Friday."))
            .Fails(ProblemCode.MalformedJson, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        Describe(group.MapPost("/revoke", Revoke), "revokeMessage", "Delete an own message for everyone");
        Describe(group.MapPut("/reaction", React), "setReaction", "React to a message, in place of an earlier reaction")
            .Example(new ReactRequest("👍"))
            .Fails(ProblemCode.MalformedJson, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        Describe(group.MapDelete("/reaction", TakeBack), "deleteReaction", "Take an own reaction back");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder builder, string id, string summary) =>
        builder.Operation(id, summary)
            .Answers(200, "The message as it now is.", Examples.Message)
            .Fails(ProblemCode.MessageNotFound, ProblemCode.NotChangeable, ProblemCode.SessionNotOpen)
            .Fails(GatewayProblems.All);

    private static Task<IResult> Edit(
        string messageId, EditMessageRequest request, HttpContext context, [AsParameters] MessageChangeServices services, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(request.Text) || request.Text.Length > LongestText || OutgoingContent.HasNul(request.Text)
            ? Task.FromResult<IResult>(
                Problem.OfBody(ProblemCode.InvalidRequest, "#/text", $"A text has 1 to {LongestText} characters, none of them U+0000."))
            : Change(
                messageId, context, services, (tenant, entry) => services.Actions.Edit(tenant, entry, request.Text, cancellationToken), cancellationToken);

    private static Task<IResult> Revoke(
        string messageId, HttpContext context, [AsParameters] MessageChangeServices services, CancellationToken cancellationToken) =>
        Change(messageId, context, services, (tenant, entry) => services.Actions.Revoke(tenant, entry, cancellationToken), cancellationToken);

    private static Task<IResult> React(
        string messageId, ReactRequest request, HttpContext context, [AsParameters] MessageChangeServices services, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(request.Emoji) || request.Emoji.Length > LongestEmoji
            ? Task.FromResult<IResult>(Problem.OfBody(ProblemCode.InvalidRequest, "#/emoji", "A reaction is one emoji."))
            : Change(
                messageId, context, services, (tenant, entry) => services.Actions.React(tenant, entry, request.Emoji, cancellationToken), cancellationToken);

    private static Task<IResult> TakeBack(
        string messageId, HttpContext context, [AsParameters] MessageChangeServices services, CancellationToken cancellationToken) =>
        Change(messageId, context, services, (tenant, entry) => services.Actions.React(tenant, entry, null, cancellationToken), cancellationToken);

    private static async Task<IResult> Change(
        string messageId,
        HttpContext context,
        MessageChangeServices services,
        Func<string, MessageEntry, Task<MessageActionOutcome>> change,
        CancellationToken cancellationToken)
    {
        var tenantId = context.Tenant();
        if (!Guid.TryParseExact(messageId, "D", out var id) || await services.Queries.FindMessage(tenantId, id, cancellationToken) is not { } entry)
        {
            return Problem.Of(ProblemCode.MessageNotFound);
        }

        switch (await change(tenantId, entry))
        {
            case MessageActionOutcome.NotOpen:
                return Problem.Of(ProblemCode.SessionNotOpen);
            case MessageActionOutcome.NotPossible:
                return Problem.Of(ProblemCode.NotChangeable);
            default:
                return await services.Queries.FindMessage(tenantId, id, cancellationToken) is { } changed
                    ? TypedResults.Ok((await services.Renderer.Messages(tenantId, [changed], cancellationToken))[0])
                    : Problem.Of(ProblemCode.MessageNotFound);
        }
    }
}

/// <summary>What the endpoints that change messages need.</summary>
internal sealed record MessageChangeServices(
    [FromServices] MessageActions Actions,
    [FromServices] IQueries Queries,
    [FromServices] Renderer Renderer);
