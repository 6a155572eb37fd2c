using System.Text;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests;

/// <summary>Calls a gateway as any client would.</summary>
internal sealed class GatewayClient(SimulatedGateway gateway) : IDisposable
{
    private readonly HttpClient _http = new();

    public Task<Reply> Get(string path, string? key = null) => Call("GET", path, null, key);

    public Task<Reply> Post(string path, JsonNode? body = null, string? key = null) => Call("POST", path, body, key);

    /// <param name="key">Null = the global one; empty = none.</param>
    public async Task<Reply> Call(string method, string path, JsonNode? body, string? key = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), gateway.Url + path);
        if (key != "")
        {
            request.Headers.Add("apikey", key ?? gateway.ApiKey);
        }

        if (body is not null)
        {
            // A text stands for a body that is no JSON.
            var text = body is JsonValue value && value.TryGetValue<string>(out var raw) ? raw : body.ToJsonString();
            request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new Reply((int)response.StatusCode, isJson && answer.Length > 0 ? JsonNode.Parse(answer) : null, answer);
    }

    public void Dispose() => _http.Dispose();
}

internal sealed record Reply(int Status, JsonNode? Body, string Text);
