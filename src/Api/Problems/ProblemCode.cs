namespace Parley.Api.Problems;

/// <summary>A kind of error: its stable code, its status and its fixed title.</summary>
internal sealed record ProblemCode(string Code, int Status, string Title)
{
    public static readonly ProblemCode InvalidRequest = new("invalid_request", 400, "The request is not valid.");
    public static readonly ProblemCode MalformedJson = new("malformed_json", 400, "The body is not the JSON that is expected.");
    public static readonly ProblemCode InvalidWebhook = new("invalid_webhook", 400, "The body is no webhook.");
    public static readonly ProblemCode InvalidAddress = new("invalid_address", 400, "The text names no party.");
    public static readonly ProblemCode BadCursor = new("bad_cursor", 400, "The cursor does not belong to this list.");
    public static readonly ProblemCode TenantRequired = new("tenant_required", 400, "The request must name a tenant.");
    public static readonly ProblemCode AddressNotAllowed = new("address_not_allowed", 400, "The address is in a network that is not allowed.");
    public static readonly ProblemCode MediaUnreachable = new("media_unreachable", 400, "The media's address does not answer with it.");
    public static readonly ProblemCode UnknownMedia = new("unknown_media", 400, "There is no such upload.");
    public static readonly ProblemCode Unauthorized = new("unauthorized", 401, "A valid credential is needed.");
    public static readonly ProblemCode UnknownToken = new("unknown_token", 401, "The webhook token is not known.");
    public static readonly ProblemCode AdminRequired = new("admin_required", 403, "Only the administrator may do this.");
    public static readonly ProblemCode RouteNotFound = new("route_not_found", 404, "There is no such route.");
    public static readonly ProblemCode TenantNotFound = new("tenant_not_found", 404, "There is no such tenant.");
    public static readonly ProblemCode CredentialNotFound = new("credential_not_found", 404, "There is no such key or token.");
    public static readonly ProblemCode SessionNotFound = new("session_not_found", 404, "There is no such session.");
    public static readonly ProblemCode ConversationNotFound = new("conversation_not_found", 404, "There is no such conversation.");
    public static readonly ProblemCode MessageNotFound = new("message_not_found", 404, "There is no such message.");
    public static readonly ProblemCode NoMedia = new("no_media", 404, "The message has no media.");
    public static readonly ProblemCode MediaTooLarge = new("media_too_large", 404, "The media is larger than what is kept.");
    public static readonly ProblemCode QuarantineNotFound = new("quarantine_not_found", 404, "There is no such payload in quarantine.");
    public static readonly ProblemCode MethodNotAllowed = new("method_not_allowed", 405, "The route does not know this method.");
    public static readonly ProblemCode NotAcceptable = new("not_acceptable", 406, "The answer cannot have the wanted form.");
    public static readonly ProblemCode TenantExists = new("tenant_exists", 409, "The tenant's id is or was taken.");
    public static readonly ProblemCode TooManyKeys = new("too_many_keys", 409, "Two API keys are valid already.");
    public static readonly ProblemCode TooManyTokens = new("too_many_tokens", 409, "Two webhook tokens are valid already.");
    public static readonly ProblemCode SessionNotOpen = new("session_not_open", 409, "The session is not open.");
    public static readonly ProblemCode IdempotencyInFlight = new("idempotency_in_flight", 409, "The first request under this key is not done yet.");
    public static readonly ProblemCode NotQueued = new("not_queued", 409, "The message is not in the queue.");
    public static readonly ProblemCode NotFailed = new("not_failed", 409, "Only a failed message is sent again.");
    public static readonly ProblemCode NotChangeable = new("not_changeable", 409, "The message cannot be changed so.");
    public static readonly ProblemCode MediaGone = new("media_gone", 410, "The media is gone.");
    public static readonly ProblemCode ConversationMerged = new("conversation_merged", 410, "The conversation went into another one.");
    public static readonly ProblemCode BodyTooLarge = new("body_too_large", 413, "The body is too large.");
    public static readonly ProblemCode UriTooLong = new("uri_too_long", 414, "The address of the request is too long.");
    public static readonly ProblemCode UnsupportedMediaType = new("unsupported_media_type", 415, "The body's media type is not supported.");
    public static readonly ProblemCode RangeNotSatisfiable = new("range_not_satisfiable", 416, "The range lies outside the media.");
    public static readonly ProblemCode IdempotencyKeyReused = new("idempotency_key_reused", 422, "The key was used for another request.");
    public static readonly ProblemCode QueueFull = new("queue_full", 429, "As many messages as may wait in this conversation do.");
    public static readonly ProblemCode InternalError = new("internal_error", 500, "Something went wrong inside.");
    public static readonly ProblemCode StoreUnavailable = new("store_unavailable", 503, "The store cannot answer now.");
    public static readonly ProblemCode Overloaded = new("overloaded", 503, "Too many requests are waiting.");
    public static readonly ProblemCode NotReady = new("not_ready", 503, "This node takes no requests now.");

    /// <summary>Every kind, in the order of the statuses.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        InvalidRequest, MalformedJson, InvalidWebhook, InvalidAddress, BadCursor, TenantRequired, AddressNotAllowed,
        MediaUnreachable, UnknownMedia, Unauthorized, UnknownToken, AdminRequired,
        RouteNotFound, TenantNotFound, CredentialNotFound, SessionNotFound, ConversationNotFound, MessageNotFound, NoMedia, MediaTooLarge,
        QuarantineNotFound, MethodNotAllowed, NotAcceptable, TenantExists, TooManyKeys, TooManyTokens,
        SessionNotOpen, IdempotencyInFlight, NotQueued, NotFailed, NotChangeable, MediaGone, ConversationMerged,
        BodyTooLarge, UriTooLong, UnsupportedMediaType, RangeNotSatisfiable, IdempotencyKeyReused, QueueFull,
        InternalError, StoreUnavailable, Overloaded, NotReady,
    ];

    public string Type => $"urn:parley:problem:{Code}";

    /// <summary>The kind of an error that the framework answered with a bare status.</summary>
    public static ProblemCode OfStatus(int status) => status switch
    {
        401 => Unauthorized,
        403 => AdminRequired,
        404 => RouteNotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        413 => BodyTooLarge,
        414 => UriTooLong,
        415 => UnsupportedMediaType,
        416 => RangeNotSatisfiable,
        503 => StoreUnavailable,
        >= 400 and < 500 => InvalidRequest,
        _ => InternalError,
    };
}
