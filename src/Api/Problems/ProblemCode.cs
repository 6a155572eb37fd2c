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
    public static readonly ProblemCode HostNotFound = new("host_not_found", 400, "The address names a host that is not found.");
    public static readonly ProblemCode MediaUnreachable = new("media_unreachable", 400, "The media's address does not answer with it.");
    public static readonly ProblemCode UnknownMedia = new("unknown_media", 400, "There is no such upload.");
    public static readonly ProblemCode GatewayRequired = new("gateway_required", 400, "The request must name a gateway.");
    public static readonly ProblemCode Unauthorized = new("unauthorized", 401, "A valid credential is needed.");
    public static readonly ProblemCode UnknownToken = new("unknown_token", 401, "The webhook token is not known.");
    public static readonly ProblemCode AdminRequired = new("admin_required", 403, "Only the administrator may do this.");
    public static readonly ProblemCode InsufficientScope = new("insufficient_scope", 403, "The key may not do this.");
    public static readonly ProblemCode RouteNotFound = new("route_not_found", 404, "There is no such route.");
    public static readonly ProblemCode TenantNotFound = new("tenant_not_found", 404, "There is no such tenant.");
    public static readonly ProblemCode CredentialNotFound = new("credential_not_found", 404, "There is no such key or token.");
    public static readonly ProblemCode GatewayNotFound = new("gateway_not_found", 404, "There is no such gateway.");
    public static readonly ProblemCode SessionNotFound = new("session_not_found", 404, "There is no such session.");
    public static readonly ProblemCode SyncNotFound = new("sync_not_found", 404, "There is no such sync.");
    public static readonly ProblemCode ConversationNotFound = new("conversation_not_found", 404, "There is no such conversation.");
    public static readonly ProblemCode MessageNotFound = new("message_not_found", 404, "There is no such message.");
    public static readonly ProblemCode NoMedia = new("no_media", 404, "The message has no media.");
    public static readonly ProblemCode MediaTooLarge = new("media_too_large", 404, "The media is larger than what is kept.");
    public static readonly ProblemCode QuarantineNotFound = new("quarantine_not_found", 404, "There is no such payload in quarantine.");
    public static readonly ProblemCode EventTypeNotFound = new("event_type_not_found", 404, "There is no such type of event.");
    public static readonly ProblemCode WebhookEndpointNotFound = new("webhook_endpoint_not_found", 404, "There is no such webhook endpoint.");
    public static readonly ProblemCode DeliveryNotFound = new("delivery_not_found", 404, "There is no such delivery.");
    public static readonly ProblemCode MethodNotAllowed = new("method_not_allowed", 405, "The route does not know this method.");
    public static readonly ProblemCode NotAcceptable = new("not_acceptable", 406, "The answer cannot have the wanted form.");
    public static readonly ProblemCode RequestTimeout = new("request_timeout", 408, "The body did not come in time.");
    public static readonly ProblemCode TenantExists = new("tenant_exists", 409, "The tenant's id is or was taken.");
    public static readonly ProblemCode TooManyKeys = new("too_many_keys", 409, "Two API keys are valid already.");
    public static readonly ProblemCode TooManyTokens = new("too_many_tokens", 409, "Two webhook tokens are valid already.");
    public static readonly ProblemCode GatewayExists = new("gateway_exists", 409, "The gateway's id is taken.");
    public static readonly ProblemCode GatewayInUse = new("gateway_in_use", 409, "Sessions run on the gateway.");
    public static readonly ProblemCode Conflict = new("conflict", 409, "Somebody else has changed it meanwhile.");
    public static readonly ProblemCode SessionExists = new("session_exists", 409, "The session's id is or was taken.");
    public static readonly ProblemCode SessionNotRun = new("session_not_run", 409, "Parley knows the session by its webhooks only.");
    public static readonly ProblemCode AlreadyConnected = new("already_connected", 409, "The session is open.");
    public static readonly ProblemCode InstanceMissing = new("instance_missing", 409, "The gateway does not have the session's instance.");
    public static readonly ProblemCode GatewayUnsupported = new("gateway_unsupported", 409, "This kind of instance cannot do that.");
    public static readonly ProblemCode SessionNotOpen = new("session_not_open", 409, "The session is not open.");
    public static readonly ProblemCode IdempotencyInFlight = new("idempotency_in_flight", 409, "The first request under this key is not done yet.");
    public static readonly ProblemCode NotQueued = new("not_queued", 409, "The message is not in the queue.");
    public static readonly ProblemCode NotFailed = new("not_failed", 409, "Only a failed message is sent again.");
    public static readonly ProblemCode NotChangeable = new("not_changeable", 409, "The message cannot be changed so.");
    public static readonly ProblemCode TooManyWebhookEndpoints = new("too_many_webhook_endpoints", 409, "There are as many webhook endpoints as there may be.");
    public static readonly ProblemCode WebhookEndpointDisabled = new("webhook_endpoint_disabled", 409, "The webhook endpoint is disabled.");
    public static readonly ProblemCode TooManyReplays = new("too_many_replays", 409, "Too much is being sent again already.");
    public static readonly ProblemCode DeliveryPending = new("delivery_pending", 409, "The delivery is being tried already.");
    public static readonly ProblemCode MediaGone = new("media_gone", 410, "The media is gone.");
    public static readonly ProblemCode EventExpired = new("event_expired", 410, "The event is no longer kept.");
    public static readonly ProblemCode ConversationMerged = new("conversation_merged", 410, "The conversation went into another one.");
    public static readonly ProblemCode PreconditionFailed = new("precondition_failed", 412, "What the request expects is not so.");
    public static readonly ProblemCode BodyTooLarge = new("body_too_large", 413, "The body is too large.");
    public static readonly ProblemCode UriTooLong = new("uri_too_long", 414, "The address of the request is too long.");
    public static readonly ProblemCode UnsupportedMediaType = new("unsupported_media_type", 415, "The body's media type is not supported.");
    public static readonly ProblemCode RangeNotSatisfiable = new("range_not_satisfiable", 416, "The range lies outside the media.");
    public static readonly ProblemCode IdempotencyKeyReused = new("idempotency_key_reused", 422, "The key was used for another request.");
    public static readonly ProblemCode QueueFull = new("queue_full", 429, "As many messages as may wait in this conversation do.");
    public static readonly ProblemCode QuotaExceeded = new("quota_exceeded", 429, "The tenant asks more than it may.");
    public static readonly ProblemCode InternalError = new("internal_error", 500, "Something went wrong inside.");
    public static readonly ProblemCode GatewayUnreachable = new("gateway_unreachable", 502, "The gateway cannot be reached.");
    public static readonly ProblemCode GatewayUnauthorized = new("gateway_unauthorized", 502, "The gateway refuses its key.");
    public static readonly ProblemCode GatewayRefused = new("gateway_refused", 502, "The gateway refuses the request.");
    public static readonly ProblemCode GatewayFailed = new("gateway_failed", 502, "The gateway gave no answer that can be understood.");
    public static readonly ProblemCode StoreUnavailable = new("store_unavailable", 503, "The store cannot answer now.");
    public static readonly ProblemCode GatewayBusy = new("gateway_busy", 503, "The gateway takes no requests now.");
    public static readonly ProblemCode Overloaded = new("overloaded", 503, "Too many requests are waiting.");
    public static readonly ProblemCode NotReady = new("not_ready", 503, "This node takes no requests now.");
    public static readonly ProblemCode GatewayTimeout = new("gateway_timeout", 504, "The gateway did not answer in time.");

    /// <summary>Every kind, in the order of the statuses.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        InvalidRequest, MalformedJson, InvalidWebhook, InvalidAddress, BadCursor, TenantRequired, AddressNotAllowed,
        MediaUnreachable, UnknownMedia, GatewayRequired, Unauthorized, UnknownToken, AdminRequired, InsufficientScope,
        RouteNotFound, TenantNotFound, CredentialNotFound, GatewayNotFound, SessionNotFound, SyncNotFound, ConversationNotFound, MessageNotFound, NoMedia, MediaTooLarge,
        QuarantineNotFound, EventTypeNotFound, MethodNotAllowed, NotAcceptable, RequestTimeout, TenantExists, TooManyKeys, TooManyTokens,
        GatewayExists, GatewayInUse, Conflict, SessionExists, SessionNotRun, AlreadyConnected, InstanceMissing, GatewayUnsupported,
        SessionNotOpen, IdempotencyInFlight, NotQueued, NotFailed, NotChangeable, MediaGone, ConversationMerged,
        HostNotFound, WebhookEndpointNotFound, DeliveryNotFound, TooManyWebhookEndpoints, WebhookEndpointDisabled, TooManyReplays, DeliveryPending,
        EventExpired,
        PreconditionFailed, BodyTooLarge, UriTooLong, UnsupportedMediaType, RangeNotSatisfiable, IdempotencyKeyReused,
        QueueFull, QuotaExceeded,
        InternalError, GatewayUnreachable, GatewayUnauthorized, GatewayRefused, GatewayFailed,
        StoreUnavailable, GatewayBusy, Overloaded, NotReady, GatewayTimeout,
    ];

    /// <summary>Whether its answers say in Retry-After when to come again.</summary>
    public bool IsForLater =>
        this == IdempotencyInFlight || this == QueueFull || this == QuotaExceeded || this == StoreUnavailable || this == GatewayBusy || this == Overloaded;

    public string Type => $"urn:parley:problem:{Code}";

    /// <summary>The kind of an error that the framework answered with a bare status.</summary>
    public static ProblemCode OfStatus(int status) => status switch
    {
        401 => Unauthorized,
        403 => AdminRequired,
        404 => RouteNotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => RequestTimeout,
        412 => PreconditionFailed,
        413 => BodyTooLarge,
        414 => UriTooLong,
        415 => UnsupportedMediaType,
        416 => RangeNotSatisfiable,
        503 => StoreUnavailable,
        >= 400 and < 500 => InvalidRequest,
        _ => InternalError,
    };
}
