using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Workload;

/// <summary>What happens around the cluster in one history: who tells it what and when, and what people do to conversations.</summary>
internal sealed record Scenario(ImmutableArray<Telling> Tellings, ImmutableArray<Deed> Deeds, ImmutableArray<TimeSpan> Crashes)
{
    public ImmutableArray<Webhook> Told => [.. Tellings.Select(t => t.Webhook)];
}

/// <summary>A webhook on its way.</summary>
/// <param name="At">When the gateway posts it first.</param>
/// <param name="Webhook">What it means.</param>
/// <param name="Reading">What the payload says.</param>
/// <param name="WaitsForMerge">It is posted when a merge is in motion, if one comes soon.</param>
internal sealed record Telling(TimeSpan At, Webhook Webhook, WebhookReading Reading, bool WaitsForMerge = false);

internal enum DeedKind
{
    MarkRead,
    Delete,

    /// <summary>Deletes whatever conversation is taking over another at that moment.</summary>
    DeleteTakingOver,
}

/// <summary>A person does something to the conversation of a line and another party.</summary>
internal sealed record Deed(TimeSpan At, DeedKind Kind, string TenantId, Address Line, Address Peer);
