using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Conversations, by their id or by their two parties in either order and any spelling.</summary>
internal static class ConversationEndpoints
{
    /// <summary>Of so many messages, the newest, one request tells the customer: WhatsApp takes those before for read, too.</summary>
    private const int MostReceipts = 100;

    private static readonly QueryParameter<string> SessionId = QueryParameter.Text("sessionId", "Conversations that this session used.");
    private static readonly QueryParameter<ConversationKind?> Kind =
        QueryParameter.Word<ConversationKind>("kind", "Conversations with people, or groups.");

    private static readonly QueryParameter<bool?> Unread = QueryParameter.Boolean("unread", "Conversations with unread messages, or the others.");
    private static readonly QueryParameter<DateTimeOffset?> ActiveSince =
        QueryParameter.Time("activeSince", "Conversations whose last activity is not before this.");

    private static readonly QueryParameter<string> Words =
        QueryParameter.Text("q", "Words of names and digits of numbers; each must match.", 200);

    public static void MapConversations(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/conversations").WithTags("Conversations");
        group.MapGet("", List).Operation("listConversations", "List the conversations, last active first")
            .Takes([.. PageCall.Parameters, SessionId, Kind, Unread, ActiveSince, Words])
            .Answers(200, "A page of conversations.", Examples.Page(Examples.Conversation))
            .Fails(ProblemCode.BadCursor);

        Show(group.MapGet("/{conversationId}", GetById), "getConversation", "Read a conversation");
        Show(group.MapGet("/{from}/{to:not(messages|read)}", GetByPair), "getConversationOfParties", "Read the conversation of two parties")
            .Fails(ProblemCode.InvalidAddress);
        End(group.MapDelete("/{conversationId}", DeleteById), "deleteConversation", "Delete a conversation");
        End(
            group.MapDelete("/{from}/{to:not(messages|read)}", DeleteByPair),
            "deleteConversationOfParties",
            "Delete the conversation of two parties").Fails(ProblemCode.InvalidAddress);
        Mark(group.MapPost("/{conversationId}/read", ReadById), "markConversationRead", "Mark a conversation as read");
        Mark(group.MapPost("/{from}/{to}/read", ReadByPair), "markConversationOfPartiesRead", "Mark the conversation of two parties as read")
            .Fails(ProblemCode.InvalidAddress);
    }

    private static RouteHandlerBuilder Show(RouteHandlerBuilder builder, string id, string summary) =>
        builder.Operation(id, summary, "One that was merged answers under its old id with the conversation that stays.")
            .Answers(200, "The conversation.", Examples.Conversation)
            .Fails(ProblemCode.ConversationNotFound);

    private static RouteHandlerBuilder End(RouteHandlerBuilder builder, string id, string summary) =>
        builder.Operation(id, summary, "Its messages are gone for every reader from then on; a new message opens it again.")
            .AnswersEmpty(204, "It is deleted.")
            .Fails(ProblemCode.ConversationNotFound);

    private static RouteHandlerBuilder Mark(RouteHandlerBuilder builder, string id, string summary) =>
        builder.Operation(id, summary, "Moves readUpTo forward, never back.")
            .RequiresScope(KeyScopes.Send)
            .Example(new MarkReadRequest(12, false))
            .Answers(200, "How it stands.", Examples.MarkedRead)
            .Fails(
                ProblemCode.ConversationNotFound, ProblemCode.MalformedJson, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);

    private static async Task<Ok<ListAnswer<ConversationResource>>> List(
        HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken)
    {
        var tenantId = context.Tenant();
        var call = PageCall.Read(context, "conversations", tenantId);

        // Who has not typed anything yet looks for nothing in particular.
        var words = Words.Read(context) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        var filter = new ConversationFilter(
            SessionId.Read(context), Kind.Read(context), Unread.Read(context), ActiveSince.Read(context), words);
        var page = await services.Queries.ListConversations(tenantId, filter, call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, await services.Renderer.Conversations(tenantId, page.Rows, cancellationToken)));
    }

    private static async Task<Results<Ok<ConversationResource>, Problem>> GetById(
        string conversationId, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await Get(await services.Finder.Open(context, conversationId, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<Ok<ConversationResource>, Problem>> GetByPair(
        string from, string to, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await Get(await services.Finder.Open(context, from, to, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<Ok<ConversationResource>, Problem>> Get(
        ConversationEntry? entry, HttpContext context, ConversationServices services, CancellationToken cancellationToken) =>
        entry is null
            ? Problem.Of(ProblemCode.ConversationNotFound)
            : TypedResults.Ok(await services.Renderer.Conversation(context.Tenant(), entry, cancellationToken) with
            {
                SuspectedMissing = await services.Missing.Suspected(context.Tenant(), entry.Head, cancellationToken),
            });

    private static async Task<Results<NoContent, Problem>> DeleteById(
        string conversationId, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await Delete(await services.Finder.Open(context, conversationId, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<NoContent, Problem>> DeleteByPair(
        string from, string to, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await Delete(await services.Finder.Open(context, from, to, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<NoContent, Problem>> Delete(
        ConversationEntry? entry, HttpContext context, ConversationServices services, CancellationToken cancellationToken) =>
        entry is not null && await services.Actions.Delete(context.Tenant(), entry.Head.ConversationId, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.Of(ProblemCode.ConversationNotFound);

    private static async Task<Results<Ok<MarkReadResource>, Problem>> ReadById(
        string conversationId,
        MarkReadRequest? request,
        HttpContext context,
        [AsParameters] ConversationServices services,
        CancellationToken cancellationToken) =>
        await MarkRead(await services.Finder.Open(context, conversationId, cancellationToken), request, context, services, cancellationToken);

    private static async Task<Results<Ok<MarkReadResource>, Problem>> ReadByPair(
        string from,
        string to,
        MarkReadRequest? request,
        HttpContext context,
        [AsParameters] ConversationServices services,
        CancellationToken cancellationToken) =>
        await MarkRead(await services.Finder.Open(context, from, to, cancellationToken), request, context, services, cancellationToken);

    private static async Task<Results<Ok<MarkReadResource>, Problem>> MarkRead(
        ConversationEntry? entry,
        MarkReadRequest? request,
        HttpContext context,
        ConversationServices services,
        CancellationToken cancellationToken)
    {
        if (request?.Sequence is < 0)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/sequence", "A sequence is not negative.");
        }

        if (entry is null)
        {
            return Problem.Of(ProblemCode.ConversationNotFound);
        }

        var reply = await services.Actions.MarkRead(
            context.Tenant(), entry.Head.ConversationId, request?.Sequence, cancellationToken);
        if (reply is not { Found: true })
        {
            return Problem.Of(ProblemCode.ConversationNotFound);
        }

        var receipt = await ShowReceipts(entry, request?.Receipt, reply.ReadUpTo, context.Tenant(), services, cancellationToken);
        return TypedResults.Ok(new MarkReadResource(reply.UnreadCount, reply.ReadUpTo, receipt));
    }

    /// <summary>Shows the customer that what became read now was read, if that is wanted.</summary>
    private static async Task<ReceiptOutcome> ShowReceipts(
        ConversationEntry entry,
        bool? wanted,
        long readUpTo,
        string tenantId,
        ConversationServices services,
        CancellationToken cancellationToken)
    {
        var isWanted = wanted
            ?? (entry.Head.SessionIds.LastOrDefault() is { } sessionId
                && await services.Sessions.ReadSession(tenantId, sessionId, cancellationToken) is { Settings.Receipts: true });
        if (!isWanted)
        {
            return ReceiptOutcome.Skipped;
        }

        var unread = new ConversationMessagesFilter(
            AfterSequence: entry.Head.ReadUpTo, BeforeSequence: readUpTo + 1, Direction: Direction.In);
        var page = await services.Queries.ListMessages(
            tenantId, entry.Head.ConversationId, unread, new PageRequest(MostReceipts), cancellationToken);
        return await services.Messages.MarkRead(tenantId, entry.Head, [.. page.Rows.Where(static m => m is { IsNamed: true, DeletedAt: null })], cancellationToken);
    }
}
