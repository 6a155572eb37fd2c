using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Parley.GatewaySimulator.Rest;

/// <summary>A form with a file part, as <c>sendMedia</c> takes it beside JSON.</summary>
internal static class Multipart
{
    /// <returns>The form as the JSON call would have been: the file's bytes in base64.</returns>
    public static async Task<JsonObject> Read(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var body = new JsonObject();
        foreach (var (name, value) in form)
        {
            body[name] = value.ToString();
        }

        if (form.Files.Count > 0)
        {
            using var bytes = new MemoryStream();
            await form.Files[0].CopyToAsync(bytes);
            body["media"] = Convert.ToBase64String(bytes.ToArray());
            body["fileName"] ??= form.Files[0].FileName;
            body["mimetype"] ??= form.Files[0].ContentType;
        }

        return body;
    }
}
