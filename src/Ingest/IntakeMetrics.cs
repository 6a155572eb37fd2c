using System.Diagnostics.Metrics;

namespace Parley.Ingest;

/// <summary>What is counted of webhooks. Tenants are no label: there may be very many.</summary>
internal static class IntakeMetrics
{
    private static readonly Meter Meter = new("Parley.Ingest");

    public static readonly Counter<long> Items = Meter.CreateCounter<long>(
        "parley.ingest.webhook_items", description: "Parts of webhooks by event and by what became of them.");

    public static readonly Counter<long> Ignored = Meter.CreateCounter<long>(
        "parley.ingest.webhook_ignored", description: "Known noise by its reason.");

    public static readonly Counter<long> Quarantined = Meter.CreateCounter<long>(
        "parley.ingest.webhook_quarantined", description: "Payloads put into quarantine by code.");

    public static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "parley.ingest.webhook_retries", description: "Further attempts inside one request, because the store or a silo did not answer.");

    public static readonly Counter<long> Unavailable = Meter.CreateCounter<long>(
        "parley.ingest.webhook_unavailable", description: "Requests answered 503.");

    public static readonly UpDownCounter<long> WaitingEdits = Meter.CreateUpDownCounter<long>(
        "parley.ingest.webhook_waiting_edits", description: "Bodies of messages.edited that were answered and are not durable yet.");
}
