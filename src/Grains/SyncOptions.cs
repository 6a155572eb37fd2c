using Parley.Ingest;

namespace Parley.Grains;

/// <summary>When, and within which bounds, messages are read back from a gateway.</summary>
public sealed class SyncOptions
{
    /// <summary>How long nobody took webhooks before all sessions read back what they may have missed: some beats of <see cref="IntakePulse"/>.</summary>
    public TimeSpan OutageAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When this process began, where no other one takes webhooks: before that nobody did for a while. Null = another one may have.</summary>
    public DateTimeOffset? AloneSince { get; set; }

    /// <summary>How many of the gateway's messages are held in memory at once; a stretch of time with more is split.</summary>
    public int MostHeld { get; set; } = 5_000;

    /// <summary>How many are told at once.</summary>
    public int MostAtOnce { get; set; } = 100;

    /// <summary>A stretch of time that is not split any further: what is beyond the bound in it is left out.</summary>
    public TimeSpan ShortestStretch { get; set; } = TimeSpan.FromMinutes(1);
}
