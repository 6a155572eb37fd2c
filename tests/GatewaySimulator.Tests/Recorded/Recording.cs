using System.Reflection;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>A scenario as a real gateway went through it.</summary>
internal sealed class Recording
{
    private static readonly string Folder = typeof(Recording).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(each => each.Key == "RecordedPath").Value!;

    private readonly JsonNode _file;

    private Recording(string version, JsonNode file)
    {
        Version = version;
        _file = file;
    }

    public string Version { get; }

    public IReadOnlyList<JsonObject> Steps => [.. _file["steps"]!.AsArray().Select(each => each!.AsObject())];

    public JsonNode? Config => _file["config"];

    /// <param name="name">As in <c>v2.3.7/100</c>.</param>
    public static async Task<Recording> Read(string name)
    {
        var parts = name.Split('/');
        var path = Directory.GetFiles(Path.Combine(Folder, parts[0]), $"{parts[1]}-*.json").Single();
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        return new Recording(parts[0][1..], JsonNode.Parse(text)!);
    }
}
