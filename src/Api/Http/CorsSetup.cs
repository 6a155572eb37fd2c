using Microsoft.Extensions.Options;
using Parley.Api.Auth;

namespace Parley.Api.Http;

/// <summary>Which pages of other origins may use the API from a browser (<c>Parley:Cors</c>).</summary>
public sealed class CorsOptions
{
    /// <summary>Origins such as <c>https://app.example</c>, or <c>*</c> for all. None = browsers keep pages of other origins out.</summary>
    public IList<string> Origins { get; } = [];
}

/// <summary>Tells browsers which pages may use the API. Credentials are headers or tickets, never cookies.</summary>
internal static class CorsSetup
{
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public static void AddParleyCors(this IServiceCollection services) => services.AddCors()
        .AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>()
        .Configure<IOptions<ApiOptions>>((cors, api) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. api.Value.Cors.Origins.Select(static origin => origin.TrimEnd('/'))])
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders(
                "Accept", "Authorization", "Cache-Control", "Content-Type", "If-None-Match", "Last-Event-ID", "Range",
                ParleyAuthentication.KeyHeader, ParleyAuthentication.TenantHeader, IdempotencyKeys.Header, RequestIds.Header)
            .WithExposedHeaders(
                "Content-Disposition", "Content-Range", "ETag", "Link", "Location", "Retry-After",
                TenantQuota.Header, TenantQuota.PolicyHeader, RequestIds.Header)
            .SetPreflightMaxAge(Remembered)));

    /// <summary>After the routing, before anything asks for a credential: browsers ask without one first.</summary>
    public static void UseParleyCors(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Cors.Origins.Count > 0)
        {
            app.UseCors();
        }
    }
}
