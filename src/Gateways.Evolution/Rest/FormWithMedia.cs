using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>The same body as a form with a file in it.</summary>
/// <remarks>
/// From 2.3.1 on the gateway fails with <c>Maximum call stack size exceeded</c> when it looks whether a text of some 5 MB is base64 (seen on
/// 2.3.6); a file it takes as it is.
/// </remarks>
internal sealed class FormWithMedia : MultipartFormDataContent
{
    /// <summary>Media up to this many bytes go as base64, as every version takes them.</summary>
    public const int MostAsBase64 = 1024 * 1024;

    /// <param name="body">Has <see cref="JsonWithMedia.Place"/> where the file stands.</param>
    /// <param name="media">Read once.</param>
    public FormWithMedia(JsonObject body, Stream media)
    {
        AddMembers("", body);

        // The type and the name that count are members of the body.
        Add(new StreamContent(media), "file", "file");
    }

    /// <summary>Nested as the gateway reads them: <c>quoted[key][id]</c>, <c>mentioned[0]</c>.</summary>
    private void AddMembers(string path, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            Add(path.Length == 0 ? name : $"{path}[{name}]", value);
        }
    }

    private void Add(string path, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject members when IsOwnMessage(members):
                // The gateway knows what it sent: without truth values the id alone says whose message it is.
                Add($"{path}[key][id]", members["key"]!["id"]);
                break;
            case JsonObject members:
                AddMembers(path, members);
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    Add(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), items[i]);
                }

                break;

            // A form has none, and the gateway refuses their words.
            case JsonValue when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                break;
            case JsonValue when value.ToString() != JsonWithMedia.Place:
                Add(new StringContent(value.ToString()), path);
                break;
            default:
                break;
        }
    }

    private static bool IsOwnMessage(JsonObject members) =>
        members["key"]?["fromMe"]?.GetValueKind() == JsonValueKind.True;
}
