using System.Globalization;

namespace Parley.Truth;

/// <summary>How long the load goes on, and from which seeds.</summary>
internal static class TruthSettings
{
    /// <summary>How many runs, each of another seed; null = the short form, one run of a fixed seed.</summary>
    private static int? Runs => Setting("PARLEY_TRUTH");

    public static bool IsLong => Runs is not null;

    /// <summary>A request that died keeps its key for half a minute: the short form does not wait for that.</summary>
    public static TimeSpan PatienceWithKeys => IsLong ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(5);

    /// <summary>How often the installation is killed, frozen or stopped in one run.</summary>
    public static int Blows(int inShortForm) => Runs is null ? inShortForm : 10;

    public static IEnumerable<int> Seeds()
    {
        var first = Setting("PARLEY_TRUTH_SEED") ?? (Runs is null ? 1 : Random.Shared.Next(1, 1_000_000));
        return Enumerable.Range(first, Runs ?? 1);
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
