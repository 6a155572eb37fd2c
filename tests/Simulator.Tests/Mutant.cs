namespace Parley.Simulator.Tests;

/// <summary>The code with one safeguard removed.</summary>
/// <param name="Name">The safeguard.</param>
/// <param name="Changes">Texts that are replaced, each of which must be there exactly once.</param>
internal sealed record Mutant(string Name, params (string File, string Find, string Replace)[] Changes);
