namespace Parley.Storage.MongoDB.Rows;

/// <summary>Ids of what a tenant has: the tenant's id, a slash (which no tenant's id has), the name.</summary>
internal static class TenantKey
{
    public static string Of(string tenantId, string name) => $"{tenantId}/{Values.AsKept(name)}";

    public static string Tenant(string key) => key[..key.IndexOf('/', StringComparison.Ordinal)];

    public static string Name(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
