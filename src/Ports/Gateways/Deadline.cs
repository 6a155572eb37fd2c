namespace Parley.Ports.Gateways;

/// <summary>A moment from which on something must not begin any more. It comes also while the process stands still, and no change of the
/// wall clock moves it.</summary>
/// <param name="within">From now on.</param>
public sealed class Deadline(TimeProvider time, TimeSpan within)
{
    private readonly long _began = time.GetTimestamp();

    public bool IsOver => time.GetElapsedTime(_began) > within;
}
