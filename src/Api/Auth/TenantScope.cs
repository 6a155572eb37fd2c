using System.Security.Claims;
using Parley.Api.Problems;
using Parley.Grains.Abstractions;

namespace Parley.Api.Auth;

/// <summary>In whose name a request runs. Set once by <see cref="Enter"/>, before any handler of a tenant route.</summary>
internal static class TenantScope
{
    private static readonly object Key = new();

    public static string Tenant(this HttpContext context) =>
        context.Items[Key] as string ?? throw new InvalidOperationException("This route belongs to no tenant.");

    /// <summary>Finds the tenant of the credential (for the admin key: of the header) and puts the calls of this request in its name.</summary>
    public static async ValueTask<object?> Enter(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var named = context.Request.Headers[ParleyAuthentication.TenantHeader];
        if (named.Count > 1)
        {
            return Problem.Of(ProblemCode.InvalidRequest, $"{ParleyAuthentication.TenantHeader} is given more than once.");
        }

        var tenantId = context.User.FindFirstValue(ParleyAuthentication.TenantClaim);
        if (tenantId is null)
        {
            if (named.Count == 0 || string.IsNullOrEmpty(named[0]))
            {
                return Problem.Of(ProblemCode.TenantRequired, "With the admin key the header Parley-Tenant must name a tenant.");
            }

            var credentials = context.RequestServices.GetRequiredService<Credentials>();
            if (!await credentials.TenantLives(named[0]!, context.RequestAborted))
            {
                return Problem.Of(ProblemCode.TenantNotFound, "There is no such tenant.");
            }

            tenantId = named[0]!;
        }
        else if (named.Count == 1 && named[0] != tenantId)
        {
            return Problem.Of(ProblemCode.TenantNotFound, "There is no such tenant.");
        }

        if (!Scopes.Allow(context))
        {
            return Problem.Of(ProblemCode.InsufficientScope, $"It needs the scope {Scopes.Needed(context)}.");
        }

        context.Items[Key] = tenantId;
        TenantContext.Set(tenantId);
        return await next(invocation);
    }
}
