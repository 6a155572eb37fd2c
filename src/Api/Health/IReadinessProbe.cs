namespace Parley.Api.Health;

/// <summary>One thing without which a node must take no requests.</summary>
public interface IReadinessProbe
{
    /// <summary>As it is called in answers.</summary>
    string Name { get; }

    /// <returns>False when it is known to be missing; exceptions count as false too.</returns>
    Task<bool> IsReady(CancellationToken cancellationToken);
}
