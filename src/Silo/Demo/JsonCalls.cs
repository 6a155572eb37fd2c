using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Silo.Demo;

/// <summary>An HTTP API as the demo calls it: JSON there and back.</summary>
/// <param name="key">Its bearer key; null = none.</param>
internal sealed class JsonCalls(Uri address, string? key, CancellationToken stopping) : IDisposable
{
    private readonly HttpClient _http = Client(address, key);

    public Task<JsonNode> Get(string path) => Call(HttpMethod.Get, path, null);

    public Task<JsonNode> Post(string path, JsonObject body) => Call(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<JsonNode> Put(string path, JsonObject body) => Call(HttpMethod.Put, path, JsonContent.Create(body));

    public Task<JsonNode> Patch(string path, JsonObject body) => Call(HttpMethod.Patch, path, JsonContent.Create(body));

    /// <returns>Empty where the answer has no body, or none of JSON.</returns>
    /// <exception cref="DemoException">It is refused.</exception>
    public async Task<JsonNode> Call(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/')) { Content = content };
        using var response = await _http.SendAsync(request, stopping);
        var text = await response.Content.ReadAsStringAsync(stopping);
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"{method} {path} is answered {(int)response.StatusCode}: {text}");
        }

        try
        {
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Client(Uri address, string? key)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return client;
    }
}
