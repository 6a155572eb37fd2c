using System.Collections.Concurrent;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>The numbers by which rows name tenants. A number is here only once it is durable, and never changes.</summary>
internal sealed class TenantKeys
{
    private readonly ConcurrentDictionary<string, long> _ids = new(StringComparer.Ordinal);

    public bool TryGet(string tenantId, out long id) => _ids.TryGetValue(tenantId, out id);

    public void Add(string tenantId, long id) => _ids[tenantId] = id;

    /// <returns>0, which no row has, for a tenant of which nothing is kept.</returns>
    public long Read(Connection connection, string tenantId)
    {
        if (_ids.TryGetValue(tenantId, out var id))
        {
            return id;
        }

        using var row = connection.Use("SELECT id FROM tenant_key WHERE tenant = ?1").Bind(1, tenantId);
        if (!row.Step())
        {
            return 0;
        }

        id = row.Int64(0);
        _ids[tenantId] = id;
        return id;
    }
}
