using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>What is not as expected, in words.</summary>
public sealed class Differences
{
    private readonly List<string> _list = [];

    public int Count => _list.Count;

    public IReadOnlyList<string> List => _list;

    public void Add(string difference) => _list.Add(difference);

    public void Equal<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Add($"{what} is {actual?.ToString() ?? "null"}, expected {expected?.ToString() ?? "null"}");
        }
    }

    /// <summary>Every property that is expected is there; others are not asserted.</summary>
    public void Covers(string what, JsonNode? expected, JsonNode? actual)
    {
        if (!Covers(expected, actual))
        {
            Add($"{what} is {actual?.ToJsonString() ?? "null"}, expected {expected?.ToJsonString() ?? "null"}");
        }
    }

    private static bool Covers(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (JsonObject some, JsonObject all) => some.All(property => Covers(property.Value, all[property.Key])),
        (JsonArray wanted, JsonArray had) => wanted.Count == had.Count && wanted.Zip(had).All(pair => Covers(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(expected, actual),
    };
}
