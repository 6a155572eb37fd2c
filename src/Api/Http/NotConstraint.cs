using System.Globalization;
using Microsoft.AspNetCore.Routing.Matching;

namespace Parley.Api.Http;

/// <summary>A part of a path that may be anything but some words: <c>{to:not(messages|read)}</c>.</summary>
/// <remarks>Where the route of a word is known, a method that it lacks must be 405, not a try at the free route beside it: hence the
/// second interface, by which the router leaves the free route out of the word's place in its tree.</remarks>
internal sealed class NotConstraint(string words) : IRouteConstraint, IParameterLiteralNodeMatchingPolicy
{
    private readonly string[] _words = words.Split('|');

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        MatchesLiteral(routeKey, Convert.ToString(values[routeKey], CultureInfo.InvariantCulture) ?? "");

    public bool MatchesLiteral(string parameterName, string literal) => !_words.Contains(literal, StringComparer.OrdinalIgnoreCase);
}
