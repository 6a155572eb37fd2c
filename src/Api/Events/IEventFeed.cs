using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>What a reader follows: one log, or several side by side. Each is a track with numbers of its own.</summary>
internal interface IEventFeed : IDisposable
{
    /// <summary>What is kept of each track.</summary>
    Task<IReadOnlyList<LogBounds>> Bounds(CancellationToken cancellationToken);

    /// <summary>How the tracks count.</summary>
    long Number(LoggedEvent e);

    /// <summary>Events of a track after a number.</summary>
    Task<IReadOnlyList<LoggedEvent>> Read(int track, long after, int limit, CancellationToken cancellationToken);

    /// <summary>A task that ends when events come after this call.</summary>
    Task Next();
}
