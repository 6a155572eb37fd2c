using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Parley.GatewaySimulator.Rest;

/// <summary>A form with a file part, as <c>sendMedia</c> and <c>sendWhatsAppAudio</c> take it beside JSON.</summary>
internal static class Multipart
{
    /// <returns>The form as a JSON call would have been: names such as <c>quoted[key][id]</c> and <c>mentioned[0]</c> are nested, values
    /// are texts all, and <c>file</c> has the file's bytes in base64.</returns>
    public static async Task<JsonObject> Read(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var body = new JsonObject();
        foreach (var (name, value) in form)
        {
            Put(body, name.Replace("]", "", StringComparison.Ordinal).Split('['), value.ToString());
        }

        if (form.Files.Count > 0)
        {
            using var bytes = new MemoryStream();
            await form.Files[0].CopyToAsync(bytes);
            body["file"] = Convert.ToBase64String(bytes.ToArray());
            body["fileName"] ??= form.Files[0].FileName;
            body["mimetype"] ??= form.Files[0].ContentType;
        }

        return body;
    }

    private static void Put(JsonNode parent, ReadOnlySpan<string> path, string value)
    {
        var isLast = path.Length == 1;
        if (parent is JsonArray items)
        {
            items.Add(isLast ? value : throw new NotSupportedException("Objects in lists are sent by no call that takes a file."));
            return;
        }

        if (isLast)
        {
            parent[path[0]] = value;
            return;
        }

        JsonNode child = parent[path[0]] ?? (path[1] == "0" ? new JsonArray() : new JsonObject());
        parent[path[0]] ??= child;
        Put(child, path[1..], value);
    }
}
