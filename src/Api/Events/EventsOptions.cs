namespace Parley.Api.Events;

/// <summary>Settings of event streams (<c>Parley:Events</c>).</summary>
public sealed class EventsOptions
{
    /// <summary>How often a stream on which nothing happens shows that it lives. As often its credential is looked at again.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Streams of this process at once; more are answered with 503.</summary>
    public int MaxStreams { get; set; } = 5000;

    /// <summary>How long a ticket opens streams, if what asked for it does not end sooner.</summary>
    public TimeSpan TicketLife { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a reader may take for what is written to it at once, 64 KB at most, before it is cut off.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
