using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>A client of the API that reads whatever is answered.</summary>
public sealed class ParleyClient : IDisposable
{
    private readonly HttpClient _http;

    public ParleyClient(Uri address, string? key)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(60),
        })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(100),
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, null, headers);

    public Task<Answer> Post(string path, JsonNode? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, body is null ? null : Text(body.ToJsonString()), headers);

    public async Task<Answer> Send(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        // Not joined as a relative address: a path that begins with two slashes would name a host.
        var address = new Uri(_http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path);
        using var request = new HttpRequestMessage(method, address) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>All rows of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonNode>> All(string path, int limit)
    {
        var rows = new List<JsonNode>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        string? cursor = null;
        do
        {
            var page = await Get($"{path}{separator}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Expect(200);
            rows.AddRange(page.Data.Select(row => row!.DeepClone()));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return rows;
    }

    public static HttpContent Text(string body, string contentType = "application/json") => Bytes(Encoding.UTF8.GetBytes(body), contentType);

    public static HttpContent Bytes(byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    public void Dispose() => _http.Dispose();
}
