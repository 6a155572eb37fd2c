using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Parley.Simulator.Tests;

/// <summary>Compiles the rooms that decide, together with the simulator, after a piece of their text was replaced.</summary>
internal static partial class MutantCompiler
{
    private const string GlobalUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Orleans;
        global using Orleans.Hosting;
        global using Orleans.Runtime;
        """;

    private static readonly string[] Rooms =
        ["src/Domain", "src/Ports", "src/Grains.Abstractions", "src/Ingest", "src/Grains", "tests/Simulator"];

    private static readonly CSharpParseOptions Syntax = new(LanguageVersion.Latest);

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Sources = new(ReadSources);

    private static readonly Lazy<IReadOnlyDictionary<string, SyntaxTree>> Trees = new(() =>
        Sources.Value.ToDictionary(s => s.Key, s => Parse(s.Key, s.Value), StringComparer.Ordinal));

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Parley.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <returns>The campaign of the changed code: how many histories it ran, and the seed and the first violation of the one that failed.</returns>
    /// <exception cref="InvalidOperationException">The text is not there (once), or the change does not compile.</exception>
    public static (long Histories, ulong Seed, string? Violation) Run(Mutant mutant, ulong seeds)
    {
        var context = new AssemblyLoadContext(mutant.Name, isCollectible: true);
        try
        {
            var assembly = context.LoadFromStream(Compile(mutant));
            var campaign = assembly.GetType("Parley.Simulator.Campaign", throwOnError: true)!;
            object? Call(string method, params object[] arguments) =>
                campaign.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, arguments);

            dynamic result = Call("Run", 1UL, seeds, Environment.ProcessorCount, 1)!;
            foreach (var outcome in (IEnumerable)result.Failures)
            {
                return ((long)result.Histories, (ulong)((dynamic)outcome).Seed, (string)Call("Describe", outcome, false)!);
            }

            return ((long)result.Histories, 0, null);
        }
        finally
        {
            context.Unload();
        }
    }

    private static MemoryStream Compile(Mutant mutant)
    {
        var trees = Trees.Value.ToDictionary(StringComparer.Ordinal);
        foreach (var (file, find, replace) in mutant.Changes)
        {
            var text = trees[file].ToString();
            var parts = text.Split(find);
            if (parts.Length != 2)
            {
                throw new InvalidOperationException($"{file} has the text of '{mutant.Name}' {parts.Length - 1} times: {find}");
            }

            trees[file] = Parse(file, parts[0] + replace + parts[1]);
        }

        var compilation = CSharpCompilation.Create(
            "Parley.Mutant",
            trees.Values.Append(Parse("GlobalUsings.cs", GlobalUsings)),
            References.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        if (!emitted.Success)
        {
            var errors = emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5);
            throw new InvalidOperationException($"'{mutant.Name}' does not compile: {string.Join("; ", errors)}");
        }

        image.Position = 0;
        return image;
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Syntax, path);

    private static Dictionary<string, string> ReadSources()
    {
        var root = Root();
        return Rooms
            .SelectMany(room => Directory.EnumerateFiles(Path.Combine(root, room), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
                && path != "tests/Simulator/Program.cs")
            .ToDictionary(path => path, path => WithoutGenerators(File.ReadAllText(Path.Combine(root, path))), StringComparer.Ordinal);
    }

    /// <summary>Source generators do not run here: log messages are left out.</summary>
    private static string WithoutGenerators(string text) => LogMessage().Replace(text, "$1 static void $2($3) { }");

    [GeneratedRegex(@"\[LoggerMessage\([^\n]*\]\s+(\w+) static partial void (\w+)\(([^;]*)\);", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex LogMessage();

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Actors.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
