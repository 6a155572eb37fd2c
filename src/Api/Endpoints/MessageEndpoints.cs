using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Domain.Messages;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Messages of all conversations.</summary>
internal static class MessageEndpoints
{
    private static readonly QueryParameter<ShownStatus?> Status =
        QueryParameter.Word<ShownStatus>("status", "Messages of this status only.");

    private static readonly QueryParameter<string> SessionId = QueryParameter.Text("sessionId", "Messages that this session brought.");
    private static readonly QueryParameter<string> ConversationId =
        QueryParameter.Text("conversationId", "Messages of this conversation.", 600);

    private static readonly QueryParameter<string> ExternalId = QueryParameter.Text("externalId", "Messages with this id of the gateway.");
    private static readonly QueryParameter<DateTimeOffset?> UpdatedSince =
        QueryParameter.Time("updatedSince", "Messages that changed at this time or later, in the order of their changes. Look back a little: what changes at one moment is not seen at one moment.");

    public static void MapMessages(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/messages").WithTags("Messages");
        group.MapGet("", List)
            .Operation(
                "listMessages",
                "List messages",
                "Newest first; by the gateway's time with since or until; by the time of change, oldest first, with updatedSince.")
            .Takes([
                .. PageCall.MessageParameters,
                MessageFilters.Direction,
                Status,
                SessionId,
                ConversationId,
                ExternalId,
                MessageFilters.Type,
                MessageFilters.Since,
                MessageFilters.Until,
                UpdatedSince,
            ])
            .Answers(200, "A page of messages.", Examples.Page(Examples.Message))
            .Fails(ProblemCode.BadCursor, ProblemCode.MessageNotFound, ProblemCode.ConversationMerged);
        group.MapGet("/{messageId}", Get).Operation("getMessage", "Read a message")
            .Answers(200, "The message.", Examples.Message)
            .Fails(ProblemCode.MessageNotFound);
    }

    private static async Task<Results<Ok<ListAnswer<MessageResource>>, Problem>> List(
        HttpContext context,
        [FromServices] IQueries queries,
        [FromServices] Renderer renderer,
        [FromServices] ConversationFinder finder,
        CancellationToken cancellationToken)
    {
        var tenantId = context.Tenant();
        var filter = Filter(context);
        var into = await MergedInto(tenantId, filter.ConversationId, finder, cancellationToken);
        filter = filter with { ConversationId = into ?? filter.ConversationId };
        if (filter.UpdatedSince is not null && (filter.Since ?? filter.Until) is not null)
        {
            return Problem.OfParameter(ProblemCode.InvalidRequest, "updatedSince", "updatedSince cannot be given with since or until.");
        }

        PageCall call;
        try
        {
            call = PageCall.Read(context, "messages", tenantId, into ?? "");
        }
        catch (CursorElsewhereException) when (into is not null)
        {
            // It is of the conversation that went into this one, and has no place in it.
            return Problem.Merged(into);
        }

        Task<Page<MessageEntry>> Page(PageRequest request) => queries.ListMessages(tenantId, filter, request, cancellationToken);

        Page<MessageEntry> page;
        if (call.Around is { } id)
        {
            if (await queries.FindMessage(tenantId, id, cancellationToken) is not { } middle
                || middle.Head.ConversationId != (filter.ConversationId ?? middle.Head.ConversationId))
            {
                return Problem.OfParameter(ProblemCode.MessageNotFound, "around", "There is no such message, or it is in another conversation.");
            }

            page = await AroundPage.Read(
                call.Request.Limit, SortKeys.Of(middle.Message, filter), Matches(middle, filter) ? middle : null, Page);
        }
        else
        {
            page = await Page(call.Request);
        }

        return TypedResults.Ok(call.Answer(page, await renderer.Messages(tenantId, page.Rows, cancellationToken)));
    }

    private static async Task<Results<Ok<MessageResource>, Problem>> Get(
        string messageId,
        HttpContext context,
        [FromServices] IQueries queries,
        [FromServices] Renderer renderer,
        CancellationToken cancellationToken)
    {
        var tenantId = context.Tenant();
        return Guid.TryParseExact(messageId, "D", out var id) && await queries.FindMessage(tenantId, id, cancellationToken) is { } entry
            ? TypedResults.Ok((await renderer.Messages(tenantId, [entry], cancellationToken))[0])
            : Problem.Of(ProblemCode.MessageNotFound);
    }

    /// <returns>The conversation that another one went into; null where it has not.</returns>
    private static async Task<string?> MergedInto(
        string tenantId, string? conversationId, ConversationFinder finder, CancellationToken cancellationToken) =>
        conversationId is not null
        && await finder.Follow(tenantId, conversationId, cancellationToken) is { } head && head.ConversationId != conversationId
            ? head.ConversationId
            : null;

    private static MessagesFilter Filter(HttpContext context) => new(
        MessageFilters.Direction.Read(context),
        Status.Read(context) is { } status ? [.. Enum.GetValues<MessageStatus>().Where(s => MessageRenderer.Shown(s) == status)] : null,
        SessionId.Read(context),
        ConversationId.Read(context),
        ExternalId.Read(context),
        MessageFilters.Type.Read(context),
        MessageFilters.Since.Read(context),
        MessageFilters.Until.Read(context),
        UpdatedSince.Read(context));

    private static bool Matches(MessageEntry entry, MessagesFilter filter)
    {
        var message = entry.Message;
        return message.Direction == (filter.Direction ?? message.Direction)
            && (filter.Statuses is null || filter.Statuses.Contains(message.Status))
            && message.SessionId == (filter.SessionId ?? message.SessionId)
            && entry.Head.ConversationId == (filter.ConversationId ?? entry.Head.ConversationId)
            && message.ExternalId == (filter.ExternalId ?? message.ExternalId)
            && message.Content.Type == (filter.Type ?? message.Content.Type)
            && message.Timestamp >= (filter.Since ?? DateTimeOffset.MinValue)
            && message.Timestamp < (filter.Until ?? DateTimeOffset.MaxValue)
            && message.UpdatedAt >= (filter.UpdatedSince ?? DateTimeOffset.MinValue);
    }
}
