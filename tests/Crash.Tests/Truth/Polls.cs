namespace Parley.Truth;

/// <summary>What polls offer, and what somebody chooses of it.</summary>
internal static class Polls
{
    private static readonly string[] All = ["Mon", "Tue", "Wed", "Thu"];

    public static IReadOnlyList<string> New(Random random) => All[..random.Next(2, All.Length + 1)];

    /// <returns>Now and then nothing: a vote that is taken back.</returns>
    public static IReadOnlyList<string> Choose(IReadOnlyList<string> options, Random random) =>
        random.Next(6) == 0 ? [] : [.. options.Where(_ => random.Next(2) == 0).DefaultIfEmpty(options[0])];
}
