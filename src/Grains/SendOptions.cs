namespace Parley.Grains;

/// <summary>The bounds of sending.</summary>
public sealed class SendOptions
{
    /// <summary>How long a gateway may take to answer a send. A look-up of the number alone may take a minute (gateway-api, 8).</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Within this after it was made to leave a send must be on its way, or it goes back: a process may have been frozen meanwhile.</summary>
    public TimeSpan LeavesWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many messages of one session are on their way at once, of different conversations.</summary>
    public int AtOnce { get; set; } = 4;

    /// <summary>How many messages of a session leave within a minute, spread out, where the session does not say; null = as fast as the
    /// gateway answers.</summary>
    public int? SendsPerMinute { get; set; }

    /// <summary>How much longer than its maker can take a send is left alone: clocks of silos differ, and a report may be tried again.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Since when a send must be leaving for nobody to be at it any more: its maker has given up by then, wherever it is.</summary>
    internal TimeSpan Abandoned => LeavesWithin + Timeout + Grace;
}
