namespace Parley.Domain.Observations;

/// <summary>Known noise: counted, never kept.</summary>
/// <param name="Reason">A short stable word, used as a metric's label.</param>
public sealed record IgnoredObserved(string Reason) : Observation;
