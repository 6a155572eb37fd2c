using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Api.Sends;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ingest;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Sending: a message is in its conversation and in the queue of its session before the request is answered.</summary>
internal static class SendEndpoints
{
    /// <summary>The largest media as base64, and the rest of the body.</summary>
    private const long MostBodyBytes = (MediaSource.MostBytes / 3 * 4) + (1 << 20);
    private static readonly TimeSpan ExpiresAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);
    private static readonly TimeSpan FullRetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InFlightRetryAfter = TimeSpan.FromSeconds(2);

    public static void MapSends(this RouteGroupBuilder tenant)
    {
        Send(
            tenant.MapPost("/messages", Post).WithTags("Messages"), "sendMessage", "Send a message", Examples.Send with { SessionId = "shop-1", To = "5511987650002" })
            .Fails(ProblemCode.InvalidAddress, ProblemCode.SessionNotFound);
        Send(
            tenant.MapPost("/conversations/{conversationId}/messages", PostToConversation).WithTags("Conversations"),
            "sendMessageToConversation",
            "Send a message in a conversation",
            Examples.Send).Fails(ProblemCode.ConversationNotFound);
        Send(
            tenant.MapPost("/conversations/{from}/{to}/messages", PostToParties).WithTags("Conversations"),
            "sendMessageToConversationOfParties",
            "Send a message in the conversation of two parties",
            Examples.Send).Fails(ProblemCode.ConversationNotFound, ProblemCode.InvalidAddress);
        tenant.MapPost("/messages/{messageId}/cancel", Cancel).WithTags("Messages")
            .Operation("cancelMessage", "Take a message out of the queue", "It is failed then, with the error cancelled.")
            .RequiresScope(KeyScopes.Send)
            .Answers(200, "The message.", Examples.Message)
            .Fails(ProblemCode.MessageNotFound, ProblemCode.NotQueued);
        tenant.MapPost("/messages/{messageId}/retry", Retry).WithTags("Messages")
            .Operation("retryMessage", "Send a failed message again", "Makes a new message whose retryOf names the old one. Honours Idempotency-Key.")
            .RequiresScope(KeyScopes.Send)
            .Answers(202, "The new message, in the queue.", Examples.Message)
            .CarriesLocation(202)
            .Fails(
                ProblemCode.MessageNotFound,
                ProblemCode.NotFailed,
                ProblemCode.SessionNotFound,
                ProblemCode.SessionNotOpen,
                ProblemCode.IdempotencyInFlight,
                ProblemCode.IdempotencyKeyReused,
                ProblemCode.QueueFull);
    }

    private static RouteHandlerBuilder Send(RouteHandlerBuilder builder, string id, string summary, SendMessageRequest example) =>
        builder.Operation(
                id,
                summary,
                "It is durable before the gateway is called, and never sent twice by itself. Honours Idempotency-Key for 24 hours.")
            .RequiresScope(KeyScopes.Send)
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
            .Example(example)
            .Answers(202, "The message, in the queue.", Examples.Message)
            .CarriesLocation(202)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout,
                ProblemCode.AddressNotAllowed,
                ProblemCode.MediaUnreachable,
                ProblemCode.UnknownMedia,
                ProblemCode.MessageNotFound,
                ProblemCode.SessionNotOpen,
                ProblemCode.IdempotencyInFlight,
                ProblemCode.IdempotencyKeyReused,
                ProblemCode.QueueFull);

    private static async Task<IResult> Post(
        SendMessageRequest request, HttpContext context, [AsParameters] SendServices services, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.SessionId))
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/sessionId", "A message names the session that sends it.");
        }

        if (Recipient(request.To) is not { } to)
        {
            return Problem.OfBody(
                ProblemCode.InvalidAddress,
                "#/to",
                $"A recipient is a number of {RequestBounds.FewestDigits} to {RequestBounds.MostDigits} digits, a group or a hidden id.");
        }

        return await Send(request, request.SessionId, to, context, services, cancellationToken);
    }

    private static async Task<IResult> PostToConversation(
        string conversationId,
        SendMessageRequest request,
        HttpContext context,
        [AsParameters] SendServices services,
        [FromServices] ConversationFinder finder,
        CancellationToken cancellationToken) =>
        await SendIn(await finder.Open(context, conversationId, cancellationToken), request, context, services, cancellationToken);

    private static async Task<IResult> PostToParties(
        string from,
        string to,
        SendMessageRequest request,
        HttpContext context,
        [AsParameters] SendServices services,
        [FromServices] ConversationFinder finder,
        CancellationToken cancellationToken) =>
        await SendIn(await finder.Open(context, from, to, cancellationToken), request, context, services, cancellationToken);

    private static async Task<IResult> SendIn(
        ConversationEntry? entry, SendMessageRequest request, HttpContext context, SendServices services, CancellationToken cancellationToken)
    {
        if (entry is not { Head: var head })
        {
            return Problem.Of(ProblemCode.ConversationNotFound);
        }

        var session = request.SessionId is { } named
            ? await services.Sessions.ReadSession(context.Tenant(), named, cancellationToken)
            : await SessionOf(head, context.Tenant(), services, cancellationToken);
        if (request.SessionId is not null && session is not null
            && !head.SessionIds.Contains(session.SessionId, StringComparer.Ordinal) && !head.IsOf(session.Line))
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/sessionId", "The session serves another line than the conversation's.");
        }

        var to = session is null ? head.ContactAddress : head.OtherSideOf(session.Line);
        if (to.Kind == AddressKind.Session)
        {
            return Problem.OfBody(ProblemCode.InvalidAddress, "#/sessionId", "The number of the other line is not known yet.");
        }

        return (request.SessionId ?? session?.SessionId) is { } sessionId
            ? await Send(request, sessionId, to, context, services, cancellationToken)
            : Problem.Of(ProblemCode.SessionNotOpen);
    }

    private static async Task<IResult> Send(
        SendMessageRequest request,
        string sessionId,
        Address to,
        HttpContext context,
        SendServices services,
        CancellationToken cancellationToken)
    {
        OutgoingContent.Check(request);
        RequestBounds.CheckMetadata(request.Metadata);
        var now = services.Time.GetUtcNow();
        var tenantId = context.Tenant();
        var key = IdempotencyKeys.Read(context, InOrder(request));
        var order = new SendingRequest(sessionId, to, request.ExpiresAt ?? now + ExpiresAfter)
        {
            RequestedTo = request.To,
            Metadata = request.Metadata is { Count: > 0 } metadata ? JsonSerializer.Serialize(metadata, Json.Options) : null,
        };
        var result = await services.Sending.Send(
            tenantId,
            order,
            async ct =>
            {
                // Not before: a repeat under its key may well come after the message is sent and its time over.
                CheckLife(request.ExpiresAt, now);
                return await services.Content.Make(tenantId, request, await Quoted(request.QuotedMessageId, tenantId, services, ct), ct);
            },
            key,
            cancellationToken);
        return result.Outcome == SendingOutcome.NoSession && request.SessionId is null
            ? Problem.Of(ProblemCode.SessionNotOpen, "Every session that used the conversation is deleted.")
            : await Answer(result, context, services, cancellationToken);
    }

    private static async Task<IResult> Cancel(
        string messageId, HttpContext context, [AsParameters] SendServices services, CancellationToken cancellationToken)
    {
        if (await Find(messageId, context, services, cancellationToken) is not { } entry)
        {
            return Problem.Of(ProblemCode.MessageNotFound);
        }

        return await services.Sending.Cancel(context.Tenant(), entry.Head.ConversationId, entry.Message.Id, cancellationToken)
            ? TypedResults.Ok(await Show(entry.Message.Id, context, services, cancellationToken))
            : Problem.Of(ProblemCode.NotQueued, "It left already, or was never queued.");
    }

    private static async Task<IResult> Retry(
        string messageId, HttpContext context, [AsParameters] SendServices services, CancellationToken cancellationToken)
    {
        if (await Find(messageId, context, services, cancellationToken) is not { Message: var message } entry)
        {
            return Problem.Of(ProblemCode.MessageNotFound);
        }

        if (message.Direction != Direction.Out)
        {
            return Problem.Of(ProblemCode.NotFailed);
        }

        var order = new SendingRequest(message.SessionId, entry.Head.OtherSideOf(message), services.Time.GetUtcNow() + ExpiresAfter)
        {
            RequestedTo = message.RequestedTo,
            Metadata = message.Metadata,
            RetryOf = message.Id,
        };
        var hasFailed = message is { DeletedAt: null, Status: MessageStatus.Failed or MessageStatus.OutcomeUnknown };
        var result = await services.Sending.Send(
            context.Tenant(),
            order,

            // Not before: a repeat under its key may well come after a late echo said that the message was sent.
            _ => hasFailed ? Task.FromResult(message.Content) : throw new ProblemException(Problem.Of(ProblemCode.NotFailed)),
            IdempotencyKeys.Read(context, message.Id),
            cancellationToken);
        return !hasFailed && result.Outcome is SendingOutcome.NoSession or SendingOutcome.NotOpen
            ? Problem.Of(ProblemCode.NotFailed)
            : await Answer(result, context, services, cancellationToken);
    }

    private static async Task<IResult> Answer(
        SendingResult result, HttpContext context, SendServices services, CancellationToken cancellationToken)
    {
        switch (result.Outcome)
        {
            case SendingOutcome.Queued or SendingOutcome.Known:
                return await Show(result.MessageId, context, services, cancellationToken) is { } message
                    ? TypedResults.Accepted($"/messages/{message.Id}", message)
                    : Problem.Of(ProblemCode.MessageNotFound, "It was taken, and is deleted since.");
            case SendingOutcome.NoSession:
                return Problem.Of(ProblemCode.SessionNotFound);
            case SendingOutcome.NotOpen:
                return Problem.Of(ProblemCode.SessionNotOpen);
            case SendingOutcome.KeyReused:
                return Problem.Of(ProblemCode.IdempotencyKeyReused);
            case SendingOutcome.InFlight:
                return Problem.Later(ProblemCode.IdempotencyInFlight, InFlightRetryAfter);
            default:
                return Problem.Later(ProblemCode.QueueFull, FullRetryAfter);
        }
    }

    /// <summary>For the comparison under a key: JSON gives the order of names no meaning.</summary>
    private static SendMessageRequest InOrder(SendMessageRequest request) => request.Metadata is { } metadata
        ? request with { Metadata = new OrderedDictionary<string, string>(metadata.OrderBy(static m => m.Key, StringComparer.Ordinal), StringComparer.Ordinal) }
        : request;

    /// <summary>The session that last used the conversation, an open one before others, and one that still has its number before those. One that
    /// is deleted comes last: it sends nothing, but what it took under a key is answered again.</summary>
    private static async Task<Session?> SessionOf(
        ConversationHead head, string tenantId, SendServices services, CancellationToken cancellationToken)
    {
        Session? open = null, last = null, deleted = null;
        foreach (var sessionId in head.SessionIds.Reverse())
        {
            var session = await services.Sessions.ReadSession(tenantId, sessionId, cancellationToken);
            if (session is null or { DeletedByTenant: true })
            {
                deleted ??= session;
                continue;
            }

            if (session is { Status: SessionStatus.Open, GatewayId: not null })
            {
                if (head.IsOf(session.Line))
                {
                    return session;
                }

                open ??= session;
            }

            last ??= session;
        }

        return open ?? last ?? deleted;
    }

    /// <summary>The gateway's id of a message that is quoted by either id.</summary>
    private static async Task<string?> Quoted(string? id, string tenantId, SendServices services, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var messageId))
        {
            return id;
        }

        return await services.Queries.FindMessage(tenantId, messageId, cancellationToken) is { Message: { IsNamed: true } quoted }
            ? quoted.ExternalId
            : throw new ProblemException(Problem.OfBody(
                ProblemCode.MessageNotFound, "#/quotedMessageId", "There is no such message, or the gateway has not named it yet."));
    }

    private static void CheckLife(DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt is { } wanted && (wanted <= now || wanted > now + LongestLife))
        {
            throw new ProblemException(Problem.OfBody(
                ProblemCode.InvalidRequest, "#/expiresAt", "It lies in the future, seven days at most."));
        }
    }

    private static Address? Recipient(string? text) =>
        text is not null && Address.TryParse(text, out var address)
        && (address.Kind is AddressKind.Group or AddressKind.Lid || RequestBounds.IsNumber(address))
            ? address
            : null;

    private static async Task<MessageEntry?> Find(
        string messageId, HttpContext context, SendServices services, CancellationToken cancellationToken) =>
        Guid.TryParseExact(messageId, "D", out var id)
            ? await services.Queries.FindMessage(context.Tenant(), id, cancellationToken)
            : null;

    private static async Task<MessageResource?> Show(
        Guid messageId, HttpContext context, SendServices services, CancellationToken cancellationToken) =>
        await services.Queries.FindMessage(context.Tenant(), messageId, cancellationToken) is { } entry
            ? (await services.Renderer.Messages(context.Tenant(), [entry], cancellationToken))[0]
            : null;
}
