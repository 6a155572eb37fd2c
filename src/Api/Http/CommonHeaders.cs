namespace Parley.Api.Http;

/// <summary>Headers of every answer.</summary>
internal static class CommonHeaders
{
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[RequestIds.Header] = RequestIds.Of(context);
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }
}
