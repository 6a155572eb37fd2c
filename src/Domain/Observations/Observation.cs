namespace Parley.Domain.Observations;

/// <summary>One thing that a gateway's payload says, in the domain's words.</summary>
/// <remarks>Observations never leave the node that read them: what travels to the grains is made from them.</remarks>
public abstract record Observation;
