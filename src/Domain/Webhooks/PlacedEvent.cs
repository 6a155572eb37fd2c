using Parley.Domain.Events;

namespace Parley.Domain.Webhooks;

/// <summary>An event of a log, with its place as a deliverer counts.</summary>
/// <param name="Number">The position (of a tenant's endpoint) or the running number (of one of all tenants).</param>
public sealed record PlacedEvent(
    int Track, long Number, string TenantId, long Position, long Running, string Subject, EventFacts Facts, DateTimeOffset LoggedAt);
