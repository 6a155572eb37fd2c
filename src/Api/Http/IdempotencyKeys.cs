using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parley.Api.Problems;
using Parley.Ingest;

namespace Parley.Api.Http;

/// <summary>The header <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): quoted as a structured field, or bare.</summary>
internal static class IdempotencyKeys
{
    public const string Header = "Idempotency-Key";
    private const int Longest = 255;

    /// <param name="request">What is asked for; by its form after reading, so that spaces and unknown fields make no difference.</param>
    /// <returns>Null when there is no such header.</returns>
    /// <exception cref="ProblemException">It is not valid.</exception>
    public static SendingKey? Read<T>(HttpContext context, T request)
    {
        var values = context.Request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        var key = values.Count == 1 ? values[0]!.Trim() : "";
        if (key is ['"', .. var inner, '"'])
        {
            key = inner;
        }

        if (key.Length is 0 or > Longest || key.Any(char.IsControl))
        {
            throw new ProblemException(
                Problem.OfParameter(ProblemCode.InvalidRequest, Header, $"{Header} has 1 to {Longest} characters and is given once."));
        }

        var route = $"{context.Request.Method} {context.Request.Path}";
        var body = JsonSerializer.SerializeToUtf8Bytes(request, Json.Options);
        return new SendingKey(route, key, SHA256.HashData([.. Encoding.UTF8.GetBytes(route), 0, .. body]));
    }
}
