namespace Parley.Ports;

/// <summary>Numbers by name that only move on from what was read: how far readers of logs have come, when something was last seen.</summary>
public interface IPlaceStore
{
    /// <returns>Null when the reader has never moved.</returns>
    Task<long?> ReadPlace(string name, CancellationToken cancellationToken);

    /// <summary>Moves a reader on, if it is where it was read.</summary>
    /// <param name="from">What was read; null = it had never moved.</param>
    /// <returns>False, and nothing happened, when somebody else moved it.</returns>
    Task<bool> MovePlace(string name, long? from, long to, CancellationToken cancellationToken);
}
