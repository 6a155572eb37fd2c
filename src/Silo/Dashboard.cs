using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Orleans.Dashboard;

namespace Parley.Silo;

/// <summary>The dashboard of Orleans at <c>/dashboard</c>: with the admin key, which a browser asks for as a password of any user.</summary>
/// <remarks>Off unless <c>Parley:Dashboard</c> is true: it counts every call.</remarks>
internal static class Dashboard
{
    private const string Path = "/dashboard";

    public static bool IsOn(SiloSettings settings) => settings.Section.GetValue("Dashboard", false);

    public static void Map(WebApplication app, SiloSettings settings)
    {
        var key = Hash(settings.AdminKey);
        app.MapOrleansDashboard(Path).AllowAnonymous().AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            if (Given(context.Request) is { } given && CryptographicOperations.FixedTimeEquals(Hash(given), key))
            {
                return await next(invocation);
            }

            context.Response.Headers.WWWAuthenticate = "Basic realm=\"parley dashboard\", charset=\"UTF-8\"";
            return Results.Text("The administrator's key is needed, as the password of any user.", statusCode: StatusCodes.Status401Unauthorized);
        });
    }

    private static string? Given(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is not { } parameter)
        {
            return null;
        }

        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return parameter;
        }

        var bytes = new byte[parameter.Length];
        return header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(parameter, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var password]
            ? password
            : null;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
