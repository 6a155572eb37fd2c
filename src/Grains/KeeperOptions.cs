namespace Parley.Grains;

/// <summary>How sessions are looked after.</summary>
public sealed class KeeperOptions
{
    /// <summary>How soon after a change the gateway is asked how it stands.</summary>
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at a session that has just changed; they become rarer.</summary>
    public TimeSpan ShortestLook { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan LongestLook { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Before a task that failed is tried again; doubled each time, up to <see cref="LongestLook"/>.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a paired line may be connecting, or a closed one closed, before Parley helps.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old a direct send may be that the gateway took and WhatsApp never acknowledged, while nothing else comes.</summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>After this long without a webhook an open line is asked something that only WhatsApp can answer.</summary>
    public TimeSpan SilentFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long whoever wakes a keeper waits for its gateway.</summary>
    internal TimeSpan Waits { get; set; } = TimeSpan.FromSeconds(1);
}
