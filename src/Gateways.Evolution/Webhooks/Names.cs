using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Profile names, as far as they name anybody.</summary>
internal static class Names
{
    /// <summary>The gateway's word for the line itself when it knows no name.</summary>
    private const string Self = "Você";

    /// <returns>Null for blank names, <c>Você</c> and bare numbers: they mean that no name is known (webhooks, 5.1).</returns>
    public static string? Of(JsonElement value) =>
        value.Words()?.Trim() is { } name && name != Self && !IsNumber(name) ? name : null;

    private static bool IsNumber(string name) =>
        name.Any(char.IsAsciiDigit) && name.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '(' or ')' or '-' or '.' or '\u00a0');
}
