namespace Parley.Ingest;

/// <summary>Whose a webhook's token is: a tenant's, one session's, or a gateway's.</summary>
/// <param name="TenantId">Null when it is a gateway's: then the instance tells.</param>
/// <param name="SessionId">The one session whose instance may use it; null = any.</param>
/// <param name="GatewayId">The gateway whose global webhook it is; null = none.</param>
public sealed record WebhookOwner(string? TenantId, string? SessionId = null, string? GatewayId = null)
{
    /// <summary>The code of what a gateway posted of an instance that no tenant has.</summary>
    public const string UnownedCode = "unowned_instance";

    /// <summary>The code of what came by one session's token and speaks of another instance.</summary>
    public const string WrongInstanceCode = "wrong_instance";

    /// <summary>Stands for the tenant of what no tenant has yet. No tenant's id can be like it.</summary>
    public static string SpaceOf(string gatewayId) => $"~{gatewayId}";
}
