namespace Parley.Grains;

/// <summary>How long things are kept that wait or serve for a time.</summary>
public sealed class SweepOptions
{
    /// <summary>Changes whose message never came.</summary>
    public TimeSpan KeepParked { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Payloads in quarantine.</summary>
    public TimeSpan KeepQuarantined { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The event log.</summary>
    public TimeSpan KeepEvents { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Deliveries to webhook endpoints that wait no more, from their first attempt.</summary>
    public TimeSpan KeepDeliveries { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Idempotency keys, from their first try.</summary>
    public TimeSpan KeepKeys { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Media that nothing names.</summary>
    public TimeSpan KeepUnnamedMedia { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Between two sweeps; the first is at start.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);
}
