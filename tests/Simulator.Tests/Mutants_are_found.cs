using System.Globalization;

namespace Parley.Simulator.Tests;

public sealed class Mutants_are_found(ITestOutputHelper output)
{
    /// <summary>Far more than any of them needs: who survives these has a safeguard that nothing tests.</summary>
    private const ulong MostSeeds = 3_000;

    /// <summary>Each takes seconds: every third one; all with <c>PARLEY_MUTANTS=all</c>, and else those with that text in their name.</summary>
    public static TheoryData<string> Names => Environment.GetEnvironmentVariable("PARLEY_MUTANTS") switch
    {
        null or "" => [.. Mutants.All.Where(static (_, i) => i % 3 == 0).Select(static m => m.Name)],
        "all" => [.. Mutants.All.Select(static m => m.Name)],
        var text => [.. Mutants.All.Select(static m => m.Name).Where(name => name.Contains(text, StringComparison.Ordinal))],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void without_a_safeguard_some_history_breaks_a_promise(string name)
    {
        var (histories, seed, violation) = MutantCompiler.Run(Mutants.All.First(m => m.Name == name), MostSeeds);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: found after {histories} histories, seed {seed}: {violation}"));
        Assert.True(violation is not null, $"Without '{name}' {histories} histories keep every promise.");
        Assert.Empty(Simulation.Run(seed).Violations);
    }

    [Fact]
    public void a_mutant_whose_text_is_gone_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => MutantCompiler.Run(new Mutant("gone", ("src/Grains/SessionGrain.cs", "no such text", "")), 1));
}
