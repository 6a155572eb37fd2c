using System.Security.Claims;
using Parley.Ports;

namespace Parley.Api.Auth;

/// <summary>What a key may do, held against what a route needs.</summary>
internal static class Scopes
{
    private const string Claim = "parley_scopes";

    /// <summary>Says what a route needs. What says nothing needs <c>read</c> to be read, and else <c>manage</c>.</summary>
    public static TBuilder RequiresScope<TBuilder>(this TBuilder builder, KeyScopes scope)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ScopeMetadata(scope));

    public static Claim ClaimOf(KeyScopes scopes) => new(Claim, ((int)scopes).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The scopes of a token of an identity provider. One that does not know our words gives all.</summary>
    /// <param name="scopes">The claim: words with spaces between them; several where the token has a list.</param>
    public static KeyScopes OfJwt(IEnumerable<string> scopes)
    {
        var named = scopes.SelectMany(static scope => scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Aggregate(
            KeyScopes.None,
            static (all, word) => all | word switch
            {
                "read" => KeyScopes.Read,
                "send" => KeyScopes.Send,
                "manage" => KeyScopes.Manage,
                _ => KeyScopes.None,
            });
        return named == KeyScopes.None ? KeyScopes.All : named;
    }

    /// <summary>Whether the credential of a request may do what its route does. The administrator may do everything.</summary>
    public static bool Allow(HttpContext context) =>
        context.User.HasClaim(ParleyAuthentication.RoleClaim, ParleyAuthentication.AdminRole)
        || (int.TryParse(context.User.FindFirstValue(Claim), out var has) && ((KeyScopes)has & Of(context)) == Of(context));

    /// <summary>The word of what a route needs.</summary>
    public static string Needed(HttpContext context) => Of(context) switch
    {
        KeyScopes.Read => "read",
        KeyScopes.Send => "send",
        _ => "manage",
    };

    private static KeyScopes Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ScopeMetadata>()?.Scope
        ?? (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? KeyScopes.Read : KeyScopes.Manage);
}

/// <summary>What a route needs.</summary>
internal sealed record ScopeMetadata(KeyScopes Scope);
