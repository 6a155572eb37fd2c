using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>The messages of one conversation.</summary>
internal static class ConversationMessageEndpoints
{
    private static readonly QueryParameter<ListOrder?> Order = QueryParameter.Word<ListOrder>("order", "Which end comes first; desc when left out.");
    private static readonly QueryParameter<ListOrderBy?> OrderBy =
        QueryParameter.Word<ListOrderBy>("orderBy", "By the place in the conversation, or by the gateway's time; sequence when left out.");

    private static readonly QueryParameter<long?> AfterSequence =
        QueryParameter.Integer("afterSequence", "Messages with a greater sequence.", 0, long.MaxValue);

    private static readonly QueryParameter<long?> BeforeSequence =
        QueryParameter.Integer("beforeSequence", "Messages with a smaller sequence.", 0, long.MaxValue);

    public static void MapConversationMessages(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/conversations").WithTags("Conversations");
        List(group.MapGet("/{conversationId}/messages", ListById), "listConversationMessages", "List the messages of a conversation");
        List(
            group.MapGet("/{from}/{to}/messages", ListByPair),
            "listMessagesOfParties",
            "List the messages of the conversation of two parties").Fails(ProblemCode.InvalidAddress);
    }

    private static RouteHandlerBuilder List(RouteHandlerBuilder builder, string id, string summary) =>
        builder.Operation(id, summary)
            .Takes([
                .. PageCall.MessageParameters,
                Order,
                OrderBy,
                AfterSequence,
                BeforeSequence,
                MessageFilters.Since,
                MessageFilters.Until,
                MessageFilters.Direction,
                MessageFilters.Type,
            ])
            .Answers(200, "A page of messages.", Examples.Page(Examples.Message))
            .Fails(
                ProblemCode.BadCursor, ProblemCode.ConversationNotFound, ProblemCode.MessageNotFound, ProblemCode.ConversationMerged);

    private static async Task<Results<Ok<ListAnswer<MessageResource>>, Problem>> ListById(
        string conversationId, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await List(await services.Finder.Open(context, conversationId, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<Ok<ListAnswer<MessageResource>>, Problem>> ListByPair(
        string from, string to, HttpContext context, [AsParameters] ConversationServices services, CancellationToken cancellationToken) =>
        await List(await services.Finder.Open(context, from, to, cancellationToken), context, services, cancellationToken);

    private static async Task<Results<Ok<ListAnswer<MessageResource>>, Problem>> List(
        ConversationEntry? entry, HttpContext context, ConversationServices services, CancellationToken cancellationToken)
    {
        var filter = Filter(context);
        if (entry is null)
        {
            return Problem.Of(ProblemCode.ConversationNotFound);
        }

        var (tenantId, head) = (context.Tenant(), entry.Head);
        PageCall call;
        try
        {
            call = PageCall.Read(context, "conversation-messages", tenantId, head.ConversationId);
        }
        catch (CursorElsewhereException e)
        {
            // The cursor of a conversation that went into this one has no place in it; any other is simply wrong here.
            var other = await services.Finder.Open(tenantId, e.Place, cancellationToken);
            return other?.Head.ConversationId == head.ConversationId ? Problem.Merged(head.ConversationId) : throw PageCall.BadCursor();
        }

        Task<Page<Message>> Page(PageRequest request) =>
            services.Queries.ListMessages(tenantId, head.ConversationId, filter, request, cancellationToken);

        Page<Message> page;
        if (call.Around is { } id)
        {
            var middle = await services.Queries.FindMessage(tenantId, id, cancellationToken);
            if (middle is null || middle.Head.ConversationId != head.ConversationId)
            {
                return Problem.OfParameter(ProblemCode.MessageNotFound, "around", "The message is not in this conversation.");
            }

            page = await AroundPage.Read(
                call.Request.Limit, KeyOf(middle.Message, filter), Matches(middle.Message, filter) ? middle.Message : null, Page);
        }
        else
        {
            page = await Page(call.Request);
        }

        var data = await services.Renderer.Messages(
            tenantId, [.. page.Rows.Select(message => new MessageEntry(head, message))], cancellationToken);
        return TypedResults.Ok(call.Answer(page, data));
    }

    private static ConversationMessagesFilter Filter(HttpContext context) => new(
        Order.Read(context) == ListOrder.Asc,
        OrderBy.Read(context) == ListOrderBy.Timestamp,
        AfterSequence.Read(context),
        BeforeSequence.Read(context),
        MessageFilters.Since.Read(context),
        MessageFilters.Until.Read(context),
        MessageFilters.Direction.Read(context),
        MessageFilters.Type.Read(context));

    private static SortKey KeyOf(Message message, ConversationMessagesFilter filter) => filter.ByTimestamp
        ? SortKeys.ByTime(message.Timestamp, message.Sequence)
        : new SortKey(message.Sequence);

    private static bool Matches(Message message, ConversationMessagesFilter filter) =>
        message.Sequence > (filter.AfterSequence ?? 0)
        && message.Sequence < (filter.BeforeSequence ?? long.MaxValue)
        && message.Timestamp >= (filter.Since ?? DateTimeOffset.MinValue)
        && message.Timestamp < (filter.Until ?? DateTimeOffset.MaxValue)
        && message.Direction == (filter.Direction ?? message.Direction)
        && message.Content.Type == (filter.Type ?? message.Content.Type);
}

internal enum ListOrder
{
    Asc,
    Desc,
}

internal enum ListOrderBy
{
    Sequence,
    Timestamp,
}
