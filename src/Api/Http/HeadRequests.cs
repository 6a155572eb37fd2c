using Parley.Api.Endpoints;

namespace Parley.Api.Http;

/// <summary>HEAD goes wherever GET goes; the server leaves the body away. Not to streams: they would have no end.</summary>
/// <remarks>The routes name GET alone, so it is found as GET. Whoever answers sees what it is: a file is not read for it.</remarks>
internal static class HeadRequests
{
    /// <summary>Before the routing.</summary>
    public static async Task Route(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Features.Set(new Asked());
            context.Request.Method = HttpMethods.Get;
            await next(context);
            return;
        }

        await next(context);
        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
        {
            response.Headers.Allow = response.Headers.Allow.ToString()
                .Replace(HttpMethods.Get, $"{HttpMethods.Get}, {HttpMethods.Head}", StringComparison.Ordinal);
        }
    }

    /// <summary>After it.</summary>
    public static Task Answer(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Asked>() is null)
        {
            return next(context);
        }

        context.Request.Method = HttpMethods.Head;
        if (!EventEndpoints.IsStream(context))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = HttpMethods.Get;
        return Task.CompletedTask;
    }

    /// <summary>Marks a request that came as HEAD.</summary>
    private sealed class Asked;
}
