using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Health;
using Parley.Domain.Events;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>What the streams of this process share: the log, its tail, and frames that many readers need at the same moment.</summary>
internal sealed class EventStreams(
    IEventLog log, EventTail tail, IEventRenderer renderer, Credentials credentials, Readiness readiness, IOptions<ApiOptions> options, TimeProvider time)
{
    private static readonly Meter Meter = new("Parley.Api");

    public static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>("parley.api.event_streams", description: "Open event streams.");

    public static readonly Counter<long> CutOff = Meter.CreateCounter<long>(
        "parley.api.event_streams_cut_off", description: "Event streams that were cut off because their reader did not take what was sent.");

    private readonly SingleFlight<(string, long, int), IReadOnlyList<LoggedEvent>> _reads = new();
    private readonly SingleFlight<(string, EventFilterKey, long, long), ReadOnlyMemory<byte>> _frames = new();

    public EventsOptions Options => options.Value.Events;

    public TimeProvider Time => time;

    /// <summary>Ends when this process is about to stop taking requests.</summary>
    public CancellationToken Leaving => readiness.Leaving;

    /// <param name="tenantId">Null = all tenants.</param>
    /// <param name="follows">False for a single look.</param>
    public IEventFeed Feed(string? tenantId, bool follows) => tenantId is null
        ? new AdminFeed(log, follows ? [.. Enumerable.Range(0, log.Shards).Select(tail.Watch)] : [])
        : new TenantFeed(tenantId, log, _reads, follows ? tail.Watch(tenantId) : null);

    /// <summary>Whether the credential of a request still counts.</summary>
    public Task<bool> StillMay(HttpContext context, string? tenantId) => credentials.StillMay(context, tenantId);

    /// <summary>Events of any tenants with their content, in their order.</summary>
    public async Task<IReadOnlyList<RenderedEvent>> Render(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var rendered = new Dictionary<LoggedEvent, RenderedEvent>(ReferenceEqualityComparer.Instance);
        foreach (var tenant in events.GroupBy(static e => e.TenantId, StringComparer.Ordinal))
        {
            foreach (var e in await renderer.Render(tenant.Key, [.. tenant], cancellationToken))
            {
                rendered.Add(e.Logged, e);
            }
        }

        return [.. events.Select(e => rendered[e])];
    }

    /// <summary>The frames of some events of a tenant, made once for all readers that wait for the same at this moment.</summary>
    /// <param name="filter">By which they were chosen.</param>
    public Task<ReadOnlyMemory<byte>> Frames(EventFilter filter, IReadOnlyList<LoggedEvent> events) => _frames.Join(
        (events[0].TenantId, EventFilterKey.Of(filter), events[0].Position, events[^1].Position),
        () => Frames(events, static e => e.Position.ToString(CultureInfo.InvariantCulture), CancellationToken.None));

    /// <param name="place">The place of a reader who has read so far.</param>
    public async Task<ReadOnlyMemory<byte>> Frames(
        IReadOnlyList<LoggedEvent> events, Func<LoggedEvent, string> place, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var e in await Render(events, cancellationToken))
        {
            EventFrames.Write(output, place(e.Logged), e);
        }

        return output.WrittenMemory;
    }
}
