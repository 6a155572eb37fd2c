using Parley.Domain.Sessions;

namespace Parley.Domain.Observations;

/// <summary>The state of the session itself.</summary>
public sealed record SessionObserved(SessionSignal Signal) : Observation;
