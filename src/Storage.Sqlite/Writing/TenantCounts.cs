namespace Parley.Storage.Sqlite.Writing;

/// <summary>What is counted of a tenant, inside a transaction of the writer.</summary>
internal sealed class TenantCounts
{
    /// <summary>The last position of its event log.</summary>
    public long Position { get; set; }

    public long Conversations { get; set; }

    public long Messages { get; set; }

    public long Sessions { get; set; }

    public TenantCounts Copy() => (TenantCounts)MemberwiseClone();
}
