namespace Parley.Api.Http;

/// <summary>Gateways glue paths together without looking: doubled slashes below <c>/webhooks</c> count as one.</summary>
internal static class WebhookPaths
{
    public static Task Mend(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.Contains("//", StringComparison.Ordinal))
        {
            var mended = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
            if (mended.StartsWith("/webhooks/", StringComparison.OrdinalIgnoreCase))
            {
                context.Request.Path = mended;
            }
        }

        return next(context);
    }
}
