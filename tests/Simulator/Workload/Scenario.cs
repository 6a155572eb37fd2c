using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Observations;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Workload;

/// <summary>What happens around the cluster in one history: who tells it what and when, and what people do to conversations.</summary>
internal sealed record Scenario(Cast Cast, ImmutableArray<Telling> Tellings, ImmutableArray<Deed> Deeds, ImmutableArray<TimeSpan> Crashes)
{
    /// <summary>Messages that the tenant has sent.</summary>
    public ImmutableArray<Order> Orders { get; init; } = [];
}

/// <summary>A webhook on its way.</summary>
/// <param name="At">When the gateway posts it first.</param>
/// <param name="Webhook">What it means.</param>
/// <param name="Reading">What the payload says.</param>
/// <param name="WaitsForMerge">It is posted when a merge is in motion, if one comes soon.</param>
internal sealed record Telling(TimeSpan At, Webhook Webhook, WebhookReading Reading, bool WaitsForMerge = false)
{
    /// <param name="number">Its number among all that is told, from 1.</param>
    /// <param name="line">The line's number, if the payload tells it.</param>
    public static Telling Of(
        int number, TimeSpan at, string tenantId, string session, Address? line, IEnumerable<Observation> observations, IEnumerable<Fact> facts)
    {
        var reading = new WebhookReading
        {
            Event = "messages.upsert",
            Instance = session,
            Line = line,
            EnvelopeMs = (long)at.TotalMilliseconds,
            Items = [.. observations.Select(static (o, i) => new WebhookItem(i, o))],
            PayloadOf = _ => BitConverter.GetBytes(number - 1),
        };
        return new Telling(at, new Webhook(number, tenantId, session, [.. facts]), reading);
    }
}

internal enum DeedKind
{
    MarkRead,
    Delete,

    /// <summary>Deletes whatever conversation is taking over another at that moment.</summary>
    DeleteTakingOver,
}

/// <summary>A person does something to the conversation of a line and another party.</summary>
internal sealed record Deed(TimeSpan At, DeedKind Kind, string TenantId, Address Line, Address Peer);
