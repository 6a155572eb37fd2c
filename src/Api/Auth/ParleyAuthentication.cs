namespace Parley.Api.Auth;

/// <summary>Names of schemes, policies and claims.</summary>
internal static class ParleyAuthentication
{
    /// <summary>Chooses between the two schemes below by the look of the credential.</summary>
    public const string Scheme = "parley";
    public const string KeyScheme = "parley-key";
    public const string JwtScheme = "parley-jwt";

    /// <summary>Tickets, on routes that take them.</summary>
    public const string TicketScheme = "parley-ticket";

    public const string AdminPolicy = "admin";
    public const string TenantPolicy = "tenant";

    public const string RoleClaim = "parley_role";
    public const string TenantClaim = "parley_tenant";

    /// <summary>Of a tenant's key: its SHA-256 in hexadecimal.</summary>
    public const string KeyClaim = "parley_key";
    public const string AdminRole = "admin";
    public const string TenantRole = "tenant";

    public const string KeyHeader = "X-Api-Key";
    public const string TenantHeader = "Parley-Tenant";

    public static string? BearerOf(HttpRequest request)
    {
        const string prefix = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? header[prefix.Length..].Trim() : null;
    }

    /// <summary>The ticket of a request that may come with one, and comes with nothing else.</summary>
    public static string? TicketOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<TakesTicketMetadata>() is not null
        && context.Request.Headers.Authorization.Count == 0
        && context.Request.Headers[KeyHeader].Count == 0
        && context.Request.Query[EventTickets.Parameter.Name] is [{ Length: > 0 } ticket]
            ? ticket
            : null;

    public static bool LooksLikeJwt(string? bearer) => bearer is not null && bearer.AsSpan().Count('.') == 2;
}
