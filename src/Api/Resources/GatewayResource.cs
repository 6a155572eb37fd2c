using System.ComponentModel.DataAnnotations;
using Parley.Api.Auth;
using Parley.Domain.Sessions;

namespace Parley.Api.Resources;

/// <param name="Kind"><c>evolution</c>.</param>
/// <param name="Url">Its base address.</param>
/// <param name="ApiKey">Its global key: kept encrypted, never shown.</param>
internal sealed record CreateGatewayRequest(
    [property: RegularExpression(TenantId.Pattern)] string GatewayId,
    string Kind,
    string Url,
    [property: MinLength(1), MaxLength(1000)] string ApiKey);

/// <summary>What is left out stays as it is.</summary>
internal sealed record UpdateGatewayRequest(string? Url = null, [property: MinLength(1), MaxLength(1000)] string? ApiKey = null);

/// <summary>A new gateway with the token of its global webhook: it is shown this once.</summary>
internal sealed record CreatedGatewayResource(string GatewayId, string WebhookToken, string WebhookUrl);

/// <param name="WebhookTokenHint">The token's last four characters.</param>
internal sealed record GatewayResource(
    string GatewayId, string Kind, string Url, string WebhookTokenHint, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>An instance that a gateway has.</summary>
/// <param name="State">Null when the gateway says none.</param>
/// <param name="PhoneNumber">The account that is paired.</param>
/// <param name="WebhookUrl">Where it posts; of Parley's own addresses the token is left out, of others the query.</param>
/// <param name="TenantId">Whose it is; null = nobody's.</param>
internal sealed record InstanceResource(
    string InstanceName, SessionStatus? State, string? PhoneNumber, string? WebhookUrl, string? TenantId, string? SessionId);

internal sealed record InstancesResource(IReadOnlyList<InstanceResource> Data);

/// <param name="SetWebhook">Whether each instance is to post to an address of its own; its former webhook is put back when it is
/// detached. Else it lives on the gateway's global webhook.</param>
/// <param name="HistorySince">From when on what was there before is brought in; null = not at all.</param>
internal sealed record AdoptionRequest(
    [property: MinLength(1), MaxLength(100)] IReadOnlyList<AdoptedInstance> Instances,
    bool SetWebhook = false,
    DateTimeOffset? HistorySince = null);

/// <param name="SessionId">The instance's name when left out.</param>
internal sealed record AdoptedInstance(string InstanceName, string TenantId, string? SessionId = null);

/// <param name="Detail">What went wrong, for people.</param>
internal sealed record AdoptionResource(string InstanceName, string? SessionId, AdoptionOutcome Outcome, string? Detail);

internal sealed record AdoptionsResource(IReadOnlyList<AdoptionResource> Data);

/// <summary>What came of an adoption.</summary>
internal enum AdoptionOutcome
{
    /// <summary>It is the tenant's session.</summary>
    Adopted,

    /// <summary>It was already.</summary>
    AlreadyAdopted,

    /// <summary>Another tenant has it.</summary>
    OwnedByAnother,

    /// <summary>The gateway does not have it.</summary>
    InstanceMissing,

    /// <summary>There is no such tenant.</summary>
    TenantNotFound,

    /// <summary>The session's id cannot be, or is another session's.</summary>
    SessionExists,
    InvalidSessionId,

    /// <summary>The gateway did not answer about it.</summary>
    GatewayFailed,
}
