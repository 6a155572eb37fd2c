using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Silo.Demo;

/// <summary>A line for each thing that happens to a message: asked of Parley, so that it shows what is kept and not what was meant.</summary>
internal sealed class DemoLog(JsonCalls api, DemoShop shop, CancellationToken stopping)
{
    private const int MostRemembered = 500;
    private const int LongestText = 60;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(400);

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private string? _since;

    /// <summary>Tells what has changed since it was asked last, oldest first.</summary>
    public async Task Tell()
    {
        await Task.Delay(Glance, stopping);
        var since = _since is null ? "" : $"&updatedSince={Uri.EscapeDataString(_since)}";
        var messages = (await api.Get($"/messages?limit=200{since}"))["data"]!.AsArray()
            .OrderBy(static m => Text(m, "updatedAt"), StringComparer.Ordinal);
        foreach (var message in messages)
        {
            _since = Text(message, "updatedAt");
            var line = Line(message!);
            if (_told.GetValueOrDefault(Text(message, "id")) != line)
            {
                _told[Text(message, "id")] = line;
                var time = DateTimeOffset.Parse(_since, CultureInfo.InvariantCulture).ToLocalTime();
                await Console.Out.WriteLineAsync($"  {time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {line}");
            }
        }

        if (_told.Count > MostRemembered)
        {
            _told.Clear();
        }
    }

    private string Line(JsonNode message)
    {
        var direction = Text(message, "direction");
        var other = shop.NameOf(Text(message, direction == "in" && !Text(message, "to").Contains('@', StringComparison.Ordinal) ? "from" : "to"));
        return $"{direction,-3}  {other,-14} {Text(message, "sequence"),3}  {Text(message, "status"),-9}  {string.Join("  ", Content(message))}";
    }

    private static IEnumerable<string> Content(JsonNode message)
    {
        if (message["type"]!.GetValue<string>() is not "text" and var type)
        {
            yield return $"[{type}]";
        }

        if (message["deletedAt"] is not null)
        {
            yield return "(deleted)";
        }

        if (Text(message, "text") is { Length: > 0 } text)
        {
            yield return text.Length > LongestText ? $"{text[..LongestText]}…" : text;
        }

        foreach (var reaction in message["reactions"]?.AsArray() ?? [])
        {
            yield return Text(reaction, "emoji");
        }

        if (message["editedAt"] is not null)
        {
            yield return "(edited)";
        }

        if (Text(message, "origin") is not "live" and var origin)
        {
            yield return $"({origin})";
        }

        if (message["error"]?["code"] is { } code)
        {
            yield return $"({code})";
        }
    }

    private static string Text(JsonNode? node, string name) => node?[name]?.ToString() ?? "";
}
