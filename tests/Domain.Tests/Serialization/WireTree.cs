using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Parley.Domain.Tests.Serialization;

/// <summary>A value as its serialized members alone, by their names: so values of two builds compare.</summary>
internal static class WireTree
{
    private const string ConstantMark = "constant ";

    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        bool yes => yes,
        Enum constant => Constant(constant),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        int or long or double or Guid => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        IEnumerable array => IsDefault(array) ? null : new JsonArray([.. array.Cast<object?>().Select(Of)]),
        _ => Members(value),
    };

    /// <summary>What the older of two builds sees and the newer sees otherwise or not at all.</summary>
    public static IEnumerable<string> Differences(JsonNode? older, JsonNode? newer, string path = "")
    {
        if (older is JsonObject o && newer is JsonObject n)
        {
            return o.SelectMany(member => n.ContainsKey(member.Key)
                ? Differences(member.Value, n[member.Key], $"{path}.{member.Key}")
                : [$"{path}.{member.Key} is gone"]);
        }

        if (older is JsonArray olds && newer is JsonArray news && olds.Count == news.Count)
        {
            return olds.Zip(news).SelectMany((pair, i) => Differences(pair.First, pair.Second, $"{path}[{i}]"));
        }

        return IsSame(older, newer) ? [] : [$"{path} is {newer?.ToJsonString() ?? "null"} instead of {older?.ToJsonString() ?? "null"}"];
    }

    /// <summary>A constant that the older build does not know is to it a number without a name.</summary>
    private static bool IsSame(JsonNode? older, JsonNode? newer) => JsonNode.DeepEquals(older, newer)
        || (older?.ToString() is { } text && text.StartsWith(ConstantMark, StringComparison.Ordinal)
            && newer?.ToString().StartsWith($"{text} ", StringComparison.Ordinal) == true);

    private static string Constant(Enum value) =>
        $"{ConstantMark}{Convert.ToInt32(value, CultureInfo.InvariantCulture)} {Enum.GetName(value.GetType(), value)}".TrimEnd();

    private static bool IsDefault(IEnumerable array) => (bool?)array.GetType().GetProperty("IsDefault")?.GetValue(array) == true;

    private static JsonObject Members(object value)
    {
        var members = new JsonObject { ["$type"] = Contracts.Alias(value.GetType()) };
        for (var level = value.GetType(); level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var member in Contracts.Members(level).Where(static m => m.IsDefined(typeof(IdAttribute))))
            {
                members[member.Name] = Of(member is PropertyInfo property ? property.GetValue(value) : ((FieldInfo)member).GetValue(value));
            }
        }

        return members;
    }
}
