using Parley.Domain.Addresses;

namespace Parley.Domain.Observations;

/// <summary>A place that may teach which number a hidden id has (webhooks, section 8) did so.</summary>
public sealed record PairObserved(LidPair Pair) : Observation;
