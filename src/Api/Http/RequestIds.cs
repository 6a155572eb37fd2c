using System.Buffers;

namespace Parley.Api.Http;

/// <summary>Gives every request an id: the caller's, if it is sane, in the answer, in problems and in every log line.</summary>
internal sealed class RequestIds(RequestDelegate next, ILogger<RequestIds> logger)
{
    public const string Header = "X-Request-Id";

    private const int Longest = 128;
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static string Of(HttpContext context) => context.TraceIdentifier;

    public async Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[Header];
        context.TraceIdentifier = given.Count == 1 && IsSane(given[0]) ? given[0]! : Guid.CreateVersion7().ToString("N");
        CommonHeaders.Set(context);
        using (logger.BeginScope(new RequestScope(context.TraceIdentifier)))
        {
            await next(context);
        }
    }

    private static bool IsSane(string? id) => id is { Length: > 0 and <= Longest } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
