using System.Globalization;

namespace Parley.Bench.Load;

/// <summary>The size of a run; every run is bounded and stops by itself.</summary>
/// <param name="MongoDB">The server of the cluster's runs; null when none is named.</param>
internal sealed record LoadOptions(int Connections, int Conversations, TimeSpan Time, int Rounds, string? MongoDB)
{
    public static LoadOptions Parse(string[] args)
    {
        return new LoadOptions(
            Number("--connections", 256),
            Number("--conversations", 5_000),
            TimeSpan.FromSeconds(Number("--seconds", 10)),
            Number("--rounds", 3),
            Text("--mongodb") ?? Environment.GetEnvironmentVariable("PARLEY_TEST_MONGODB"));

        string? Text(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

        int Number(string name, int byDefault) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : byDefault;
    }
}
