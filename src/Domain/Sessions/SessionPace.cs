namespace Parley.Domain.Sessions;

/// <summary>How fast a session changes: beyond a bound its state still follows, but neither history nor events grow (a reconnect storm).</summary>
/// <param name="Since">When the present window began.</param>
/// <param name="Changes">Changes that were told in it.</param>
/// <param name="Folded">Changes that were not.</param>
/// <param name="Told">The status that subscribers know, while it is not the present one for certain.</param>
[GenerateSerializer, Immutable, Alias("parley.SessionPace")]
public sealed record SessionPace(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] int Changes,
    [property: Id(2)] int Folded = 0,
    [property: Id(3)] SessionStatus? Told = null)
{
    /// <summary>A pairing with its restart has fewer than ten changes.</summary>
    public const int MostChanges = 20;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
}
