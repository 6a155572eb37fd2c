using System.Reflection;
using System.Runtime.CompilerServices;

namespace Parley.Architecture.Tests;

/// <summary>The rooms of the source, and which arrows between them the design allows.</summary>
internal static class Rooms
{
    /// <summary>Every room that may be, with the rooms that it may name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Arrows = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Domain"] = [],
        ["Ports"] = ["Domain"],
        ["Grains.Abstractions"] = ["Domain"],
        ["Storage.Sqlite"] = ["Ports"],
        ["Storage.MongoDB"] = ["Ports"],
        ["Gateways.Evolution"] = ["Ports"],
        ["Ingest"] = ["Grains.Abstractions", "Ports"],
        ["Grains"] = ["Ingest"],
        ["Api"] = ["Ingest"],
        ["Streaming.Kafka"] = ["Ports", "Ingest"],
        ["Silo"] =
        [
            "Domain", "Ports", "Grains.Abstractions", "Storage.Sqlite", "Storage.MongoDB", "Gateways.Evolution", "Ingest", "Grains", "Api",
            "Streaming.Kafka",
        ],
    };

    public static string Source { get; } = Path.Combine(Root(), "src");

    /// <summary>The rooms that are there.</summary>
    public static IEnumerable<string> Names => Directory.GetDirectories(Source).Select(static d => Path.GetFileName(d)).Order(StringComparer.Ordinal);

    /// <summary>A room and all that it may reach along the arrows: what its code may name.</summary>
    public static IReadOnlySet<string> Reach(string room)
    {
        var reach = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([room]);
        while (open.TryDequeue(out var next))
        {
            if (reach.Add(next))
            {
                Array.ForEach(Arrows[next], open.Enqueue);
            }
        }

        return reach;
    }

    public static string Project(string room) => Path.Combine(Source, room, $"{room}.csproj");

    public static Assembly Assembly(string room) => System.Reflection.Assembly.Load($"Parley.{room}");

    /// <summary>The C# files that people wrote.</summary>
    public static IEnumerable<string> Files(string room) => Directory
        .EnumerateFiles(Path.Combine(Source, room), "*.cs", SearchOption.AllDirectories)
        .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static string Root([CallerFilePath] string path = "")
    {
        // The path of this file where it was built; where that is gone or was mapped, the way up from the assembly.
        var directory = new DirectoryInfo(File.Exists(path) ? Path.GetDirectoryName(path)! : AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Actors.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("The source is not above the tests.");
    }
}
