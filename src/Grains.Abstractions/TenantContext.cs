namespace Parley.Grains.Abstractions;

/// <summary>In whose name the current flow of calls runs. Set by the authentication step and by workers; held against the
/// key of every tenant grain that is called.</summary>
public static class TenantContext
{
    private const string Key = "parley.tenant";

    /// <summary>Null when nobody's.</summary>
    public static string? TenantId => RequestContext.Get(Key) as string;

    public static void Set(string tenantId) => RequestContext.Set(Key, tenantId);

    public static void Clear() => RequestContext.Remove(Key);
}
