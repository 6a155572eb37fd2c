using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>An operation as the OpenAPI document tells it.</summary>
internal sealed record DocumentedOperation(string Method, string Path, JsonNode Node)
{
    /// <summary>It could go on for ever: then it is asked for a page instead.</summary>
    private bool IsStream => Node["responses"]?["200"]?["content"]?["text/event-stream"] is not null;

    public bool IsOpen => Node["security"] is not JsonArray { Count: > 0 };

    public bool IsAdmin => !IsOpen && (Path.StartsWith("/admin", StringComparison.Ordinal) || Path == "/metrics");

    public bool IsTenant => !IsOpen && !IsAdmin;

    public bool HasIds => Path.Contains('{', StringComparison.Ordinal);

    public static List<DocumentedOperation> All(JsonNode document) =>
    [
        .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(
            operation => new DocumentedOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!))),
    ];

    /// <summary>The path with ids in the place of its parameters; where none is known, one that is well-formed.</summary>
    public string PathWith(Dictionary<string, string> ids) => string.Join('/', Path.Split('/').Select(part =>
        !part.StartsWith('{') ? part : Uri.EscapeDataString(ids.TryGetValue(part.Trim('{', '}'), out var id) ? id : WellFormed(part))));

    public Task<Answer> Send(ParleyClient client, string path, params (string Name, string Value)[] headers) =>
        client.Send(new HttpMethod(Method), path, Body(), IsStream ? [.. headers, ("Accept", "application/json")] : headers);

    public override string ToString() => $"{Method} {Path}";

    private static string WellFormed(string part) => part switch
    {
        "{messageId}" or "{quarantineId}" => "019cae2f-5c00-7000-8000-000000000001",
        "{from}" => "5511987650001",
        "{to}" => "5511987650002",
        "{type}" => "message.created",
        _ => "none",
    };

    private HttpContent? Body() =>
        Node["requestBody"]?["content"]?["application/json"]?["example"] is { } example ? ParleyClient.Text(example.ToJsonString()) : null;
}
