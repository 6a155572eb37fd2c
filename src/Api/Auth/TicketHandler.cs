using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Parley.Ports;

namespace Parley.Api.Auth;

/// <summary>Knows tickets of <see cref="EventTickets"/>: they may read, and nothing else.</summary>
internal sealed class TicketHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    EventTickets tickets,
    Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ParleyAuthentication.TicketOf(Context) is not { } text || tickets.Read(text) is not { } ticket || !await Counts(ticket))
        {
            return AuthenticateResult.Fail("No valid ticket.");
        }

        List<Claim> claims =
        [
            new(ParleyAuthentication.RoleClaim, ParleyAuthentication.TenantRole),
            new(ParleyAuthentication.TenantClaim, ticket.TenantId),
            Scopes.ClaimOf(KeyScopes.Read),
        ];
        if (ticket.Key is { } key)
        {
            claims.Add(new Claim(ParleyAuthentication.KeyClaim, key));
        }

        return AuthenticateResult.Success(
            new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), new AuthenticationProperties { ExpiresUtc = ticket.EndsAt }, Scheme.Name));
    }

    private async Task<bool> Counts(EventTicket ticket) =>
        (ticket.Key is not { } key || await credentials.FindKey(Convert.FromHexString(key), Context.RequestAborted) is not null)
        && await credentials.TenantLives(ticket.TenantId, Context.RequestAborted);
}
