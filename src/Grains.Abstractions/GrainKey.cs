namespace Parley.Grains.Abstractions;

/// <summary>Keys of tenant grains: <c>tenant/id</c>, or the tenant's id alone.</summary>
/// <remarks>A tenant's id has no slash (<c>[a-z0-9][a-z0-9_-]{0,62}</c>), so the first one ends it.</remarks>
public static class GrainKey
{
    public static string Of(string tenantId, string id) => $"{tenantId}/{id}";

    public static (string TenantId, string Id) Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (key, "") : (key[..slash], key[(slash + 1)..]);
    }
}
