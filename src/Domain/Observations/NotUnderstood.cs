namespace Parley.Domain.Observations;

/// <summary>A part of a payload that could not be read: kept in quarantine.</summary>
/// <param name="Code">A stable snake_case word, by which payloads are listed and replayed.</param>
/// <param name="Detail">A sentence for people; never content of the payload.</param>
public sealed record NotUnderstood(string Code, string Detail) : Observation;
