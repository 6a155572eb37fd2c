using System.Globalization;

namespace Parley.Bench.Store;

/// <summary>What to measure.</summary>
/// <param name="Callers">Commits that are under way at once.</param>
/// <param name="Conversations">Among which the callers divide the messages.</param>
/// <param name="Seconds">How long is measured, after a fifth of that to warm up.</param>
/// <param name="Reads">Each commit is preceded by the look-up of its gateway id, as a grain does it.</param>
/// <param name="Data">Where the file is made; a new directory below the temporary ones when null.</param>
/// <param name="Mongo">The connection string of MongoDB (<c>--store mongodb</c>: that of <c>PARLEY_TEST_MONGODB</c>); null = SQLite.</param>
/// <param name="Flushers">Flushes of MongoDB at once.</param>
/// <param name="Relay">Events are numbered beside it, as a relay does it.</param>
/// <param name="Filled">Messages that are there before the warm-up begins: a full file costs more than an empty one.</param>
internal sealed record Options(
    int Callers, int Conversations, int Seconds, bool Reads, string? Data, string? Mongo, int Flushers, bool Relay, int Filled)
{
    public static Options Parse(string[] args)
    {
        string? Value(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        int Number(string name, int standard) =>
            Value(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : standard;

        return new Options(
            Number("--callers", 256),
            Number("--conversations", 5_000),
            Number("--seconds", 10),
            args.Contains("--reads"),
            Value("--data"),
            Value("--store") != "mongodb" ? null
                : Value("--url") ?? Environment.GetEnvironmentVariable("PARLEY_TEST_MONGODB")
                    ?? throw new ArgumentException("Name a MongoDB by --url or PARLEY_TEST_MONGODB.", nameof(args)),
            Number("--flushers", 2),
            args.Contains("--relay"),
            Number("--filled", 0));
    }
}
