using System.Text.RegularExpressions;

namespace Parley.Api.Auth;

/// <summary>The form of a tenant's id.</summary>
internal static partial class TenantId
{
    public const string Pattern = "^[a-z0-9][a-z0-9_-]{0,62}$";

    public static bool IsValid(string text) => Form().IsMatch(text);

    // \z, not $: the latter lets a line feed at the end pass.
    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
