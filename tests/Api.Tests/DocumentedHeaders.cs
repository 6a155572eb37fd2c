using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>The headers that the OpenAPI document tells, held against those that are sent.</summary>
internal sealed class DocumentedHeaders(JsonNode document)
{
    /// <summary>What a client acts on. Link depends on whether there is a page more.</summary>
    private static readonly string[] Looked =
    [
        "Location", "Retry-After", "ETag", "Content-Range", "WWW-Authenticate", "RateLimit", "RateLimit-Policy", "X-Request-Id",
    ];

    public static async Task<DocumentedHeaders> Of(ParleyProcess parley)
    {
        using var nobody = parley.With(null);
        return new DocumentedHeaders((await nobody.Get("/openapi/v1.json")).Expect(200).Json);
    }

    /// <summary>Fails when an answer carries other headers than its operation tells.</summary>
    /// <param name="operation">As in <c>GET /messages/{messageId}</c>.</param>
    public Answer Holds(string operation, Answer answer)
    {
        var (method, path) = (operation.Split(' ')[0].ToLowerInvariant(), operation.Split(' ')[1]);
        var response = document["paths"]![path]![method]!["responses"]![answer.Status.ToString(CultureInfo.InvariantCulture)];
        Assert.True(response is not null, $"{operation} tells of no {answer.Status}: {answer.Body}");
        var told = response["headers"]?.AsObject().Select(static header => header.Key).ToHashSet(StringComparer.Ordinal) ?? [];
        Assert.True(
            Looked.Where(told.Contains).SequenceEqual(Looked.Where(name => answer.Header(name) is not null)),
            $"{operation} {answer.Status} tells {string.Join(", ", told)}, and is sent with {answer.Headers} {answer.ContentHeaders}");
        return answer;
    }
}
