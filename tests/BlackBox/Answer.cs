using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>What was answered.</summary>
public sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException("The answer is null.");

    public JsonArray Data => Json["data"]!.AsArray();

    public string? Code => Text("code");

    public string? NextCursor => Json["pagination"]!["nextCursor"]?.GetValue<string>();

    public string? PrevCursor => Json["pagination"]!["prevCursor"]?.GetValue<string>();

    public string Text(string property) => Json[property]!.GetValue<string>();

    public long Number(string property) => Json[property]!.GetValue<long>();

    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>Fails with the whole answer when the status is another one.</summary>
    public Answer Expect(int status) => Status == status
        ? this
        : throw new InvalidOperationException($"Expected {status}, was answered {Status}: {Body}");

    /// <summary>As the other, and the problem's code.</summary>
    public Answer Expect(int status, string code)
    {
        Expect(status);
        return Code == code ? this : throw new InvalidOperationException($"Expected the code {code}: {Body}");
    }
}
