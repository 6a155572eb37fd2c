using System.Globalization;

namespace Parley.Scenarios.Tests;

/// <summary>The recorded scenarios by version and number.</summary>
internal static class ScenarioFiles
{
    private static readonly Dictionary<string, string> Paths = Find();

    public static string PathOf(string name) => Paths[name];

    public static IEnumerable<string> Names() => Paths.Keys.Order(StringComparer.Ordinal);

    public static TheoryData<string> All() => [.. Names()];

    /// <summary>Each scenario whose order does not matter, with each seed.</summary>
    public static TheoryData<string, int> Seeded() => Seeded(1, 1);

    /// <summary>The same with the seeds of which several clients post at once: what one client alone finds, one silo finds, too. Of the
    /// scenarios every second one, unless <c>PARLEY_SEEDS</c> asks for more than usual.</summary>
    public static TheoryData<string, int> SeededTogether() => Seeded(2, Seeds > 2 ? 1 : 2);

    private static int Seeds =>
        Environment.GetEnvironmentVariable("PARLEY_SEEDS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 2;

    private static TheoryData<string, int> Seeded(int step, int every)
    {
        var seeds = Seeds;
        var data = new TheoryData<string, int>();
        foreach (var name in Names().Where(static name => !Scenario.Load(name).OrderMatters).Where((_, i) => i % every == 0))
        {
            for (var seed = step; seed <= seeds; seed += step)
            {
                data.Add(name, seed);
            }
        }

        return data;
    }

    private static Dictionary<string, string> Find()
    {
        var recorded = Path.Combine(Repository.Path, "tests", "evolution", "recorded");
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(recorded, "*.json", SearchOption.AllDirectories))
        {
            var version = Path.GetFileName(Path.GetDirectoryName(path)!).TrimStart('v');
            var number = int.Parse(Path.GetFileName(path).Split('-', 2)[0], CultureInfo.InvariantCulture);
            paths.Add($"{version}/{number.ToString(CultureInfo.InvariantCulture)}", path);
        }

        return paths;
    }
}
