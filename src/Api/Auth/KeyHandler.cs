using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Parley.Api.Auth;

/// <summary>Knows the admin key and the tenants' API keys.</summary>
internal sealed class KeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = ParleyAuthentication.BearerOf(Request) ?? Request.Headers[ParleyAuthentication.KeyHeader].ToString();
        if (key.Length == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (credentials.IsAdminKey(key))
        {
            return Success(new Claim(ParleyAuthentication.RoleClaim, ParleyAuthentication.AdminRole));
        }

        return await credentials.FindKey(key, Context.RequestAborted) is { } found
            ? Success(
                new Claim(ParleyAuthentication.RoleClaim, ParleyAuthentication.TenantRole),
                new Claim(ParleyAuthentication.TenantClaim, found.TenantId),
                new Claim(ParleyAuthentication.KeyClaim, Convert.ToHexString(found.Sha256)),
                Scopes.ClaimOf(found.Scopes))
            : AuthenticateResult.Fail("Unknown key.");
    }

    private AuthenticateResult Success(params Claim[] claims) => AuthenticateResult.Success(
        new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name));
}
