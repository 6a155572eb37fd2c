namespace Parley.Grains.Abstractions;

/// <summary>Under which name the tenant travels beside a call.</summary>
public static class TenantContext
{
    public const string Key = "parley.tenant";
}
