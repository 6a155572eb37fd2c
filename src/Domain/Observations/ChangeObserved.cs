using Parley.Domain.Messages;

namespace Parley.Domain.Observations;

/// <summary>Something happened to a message: found by its gateway id alone, whatever address it carries.</summary>
public sealed record ChangeObserved(MessageChange Change) : Observation;
