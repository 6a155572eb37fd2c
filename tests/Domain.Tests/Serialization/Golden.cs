namespace Parley.Domain.Tests.Serialization;

/// <summary>Serialized values that are checked in, by the alias of their type.</summary>
internal static class Golden
{
    /// <summary>What the build of today writes.</summary>
    public static IReadOnlyDictionary<string, byte[]> Present { get; } = Read("Layouts.txt");

    /// <summary>What the release before wrote.</summary>
    public static IReadOnlyDictionary<string, byte[]> Previous { get; } = Read("PreviousLayouts.txt");

    private static Dictionary<string, byte[]> Read(string file) => File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Serialization", file))
        .Select(static line => line.Split(' '))
        .ToDictionary(static parts => parts[0], static parts => Convert.FromHexString(parts[1]));
}
