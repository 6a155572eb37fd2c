namespace Parley.Ports;

/// <summary>Payloads that were not understood or could not be applied: kept whole, without secrets, until replayed or expired.</summary>
public interface IQuarantine
{
    /// <summary>Keeps a payload durably; the same one (tenant, code, content) is kept once.</summary>
    /// <returns>The id under which it is kept.</returns>
    Task<Guid> Add(QuarantinedPayload payload, CancellationToken cancellationToken);

    /// <summary>Newest first. Key: id. The payloads themselves are not read.</summary>
    Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken);

    Task<QuarantinedPayload?> ReadQuarantined(string tenantId, Guid id, CancellationToken cancellationToken);

    Task RemoveQuarantined(string tenantId, Guid id, CancellationToken cancellationToken);

    /// <returns>How many were dropped.</returns>
    Task<int> ExpireQuarantined(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <param name="Id">UUIDv7.</param>
/// <param name="Code">Why, as a stable word.</param>
/// <param name="ReceivedAt">When Parley first received it: travels along when it is replayed.</param>
/// <param name="Payload">The body, secrets removed; empty in lists.</param>
public sealed record QuarantinedPayload(
    Guid Id,
    string TenantId,
    string Code,
    string Detail,
    string? Instance,
    string? Event,
    DateTimeOffset ReceivedAt,
    long Size,
    ReadOnlyMemory<byte> Payload);
