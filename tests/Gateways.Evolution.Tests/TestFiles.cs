using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>The captured and recorded payloads, which lie beside the test projects.</summary>
internal static class TestFiles
{
    public static string Samples { get; } = Path.Combine(Root(), "samples");

    public static string Recorded { get; } = Path.Combine(Root(), "recorded");

    public static JsonNode Sample(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Samples, name)))!;

    public static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "evolution"));
}
