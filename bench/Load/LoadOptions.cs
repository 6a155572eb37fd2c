using System.Globalization;

namespace Parley.Bench.Load;

/// <summary>The size of a run; every run is bounded and stops by itself.</summary>
internal sealed record LoadOptions(int Connections, int Conversations, TimeSpan Time, int Rounds)
{
    public static LoadOptions Parse(string[] args)
    {
        return new LoadOptions(Number("--connections", 256), Number("--conversations", 5_000), TimeSpan.FromSeconds(Number("--seconds", 10)), Number("--rounds", 3));

        int Number(string name, int byDefault)
        {
            var at = Array.IndexOf(args, name);
            return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : byDefault;
        }
    }
}
