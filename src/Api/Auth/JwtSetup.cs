using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Parley.Api.Auth;

/// <summary>Takes tokens of an identity provider, by configuration.</summary>
internal static class JwtSetup
{
    private const int FewestBytes = 32;

    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384,
    ];

    public static void AddJwt(this AuthenticationBuilder builder, JwtOptions jwt)
    {
        if (string.IsNullOrEmpty(jwt.Audience) || (string.IsNullOrEmpty(jwt.Issuer) && jwt.Authority is null && jwt.MetadataAddress is null))
        {
            throw new ApiSettingsException("Parley:Jwt needs Audience and Issuer beside its keys: any token would be taken else.");
        }

        // Now, not when the first token comes: what cannot be read ends the start.
        SecurityKey[] keys = [.. jwt.PublicKeys.Select(PublicKey), .. jwt.Secrets.Select(Secret)];
        builder.AddJwtBearer(ParleyAuthentication.JwtScheme, options =>
        {
            options.MapInboundClaims = false;
            options.Authority = jwt.Authority;
            // A provider in the same private network may speak plain http.
            options.RequireHttpsMetadata = false;
            if (jwt.MetadataAddress is { } metadata)
            {
                options.MetadataAddress = metadata;
            }

            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidateIssuer = true,
                ValidIssuer = jwt.Issuer,
                ValidAudience = jwt.Audience,
                RequireExpirationTime = true,
                RequireSignedTokens = true,
                // A shared secret and a public key must never be confused: HS256 counts only where secrets are configured.
                ValidAlgorithms = jwt.Secrets.Count > 0 ? [.. Asymmetric, SecurityAlgorithms.HmacSha256] : Asymmetric,
                IssuerSigningKeys = keys,
                ClockSkew = TimeSpan.FromSeconds(30),
            };
            options.Events = new JwtBearerEvents { OnTokenValidated = context => NameTenant(context, jwt.TenantClaim) };
        });
    }

    private static async Task NameTenant(TokenValidatedContext context, string claim)
    {
        var tenantId = context.Principal?.FindFirstValue(claim);
        var credentials = context.HttpContext.RequestServices.GetRequiredService<Credentials>();
        if (tenantId is null || !await credentials.TenantLives(tenantId, context.HttpContext.RequestAborted))
        {
            context.Fail("The token names no tenant.");
            return;
        }

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ParleyAuthentication.RoleClaim, ParleyAuthentication.TenantRole),
                new Claim(ParleyAuthentication.TenantClaim, tenantId),
                Scopes.ClaimOf(Scopes.OfJwt(context.Principal!.FindAll("scope").Select(static scope => scope.Value))),
            ],
            ParleyAuthentication.JwtScheme));
    }

    private static SecurityKey PublicKey(string pem)
    {
        try
        {
            return Read(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ApiSettingsException("A key of Parley:Jwt:PublicKeys is no public key in PEM, of RSA or of an elliptic curve.", e);
        }
    }

    private static SecurityKey Read(string pem)
    {
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (CryptographicException)
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return new ECDsaSecurityKey(ec);
        }
    }

    private static SymmetricSecurityKey Secret(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length >= FewestBytes
            ? new SymmetricSecurityKey(bytes[..length])
            : throw new ApiSettingsException($"A secret of Parley:Jwt:Secrets is no base64 of {FewestBytes} bytes or more.");
    }
}
