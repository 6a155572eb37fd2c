namespace Parley.Storage.MongoDB.Rows;

/// <summary>Which shard of the event log a tenant belongs to. It never changes: a shard's running numbers would break.</summary>
internal static class ShardOf
{
    public const int Count = 16;

    private const uint Basis = 2_166_136_261;
    private const uint Prime = 16_777_619;

    /// <returns>FNV-1a over the id, which is ASCII.</returns>
    public static int Tenant(string tenantId)
    {
        var hash = Basis;
        foreach (var letter in tenantId)
        {
            hash = unchecked((hash ^ letter) * Prime);
        }

        return (int)(hash % Count);
    }
}
