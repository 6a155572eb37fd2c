using System.Text.Json;
using Parley.Domain.Addresses;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Profile names, as far as they name anybody.</summary>
internal static class Names
{
    /// <summary>Characters of a name that are kept: WhatsApp has a fifth of that, and every node remembers many names.</summary>
    private const int MostCharacters = 512;

    /// <summary>The gateway's word for the line itself when it knows no name.</summary>
    private const string Self = "Você";

    /// <returns>
    /// Null for blank names, <c>Você</c>, bare numbers (webhooks, 5.1) and the author's address, which 2.3.x puts there:
    /// they mean that no name is known.
    /// </returns>
    public static string? Of(JsonElement value) =>
        value.Words()?.Trim() is { } name && name != Self && !IsNumber(name) && !IsAddress(name) ? name.Cut(MostCharacters) : null;

    /// <summary>The name of a group; null when it has none.</summary>
    public static string? OfGroup(JsonElement value) => value.Words().Cut(MostCharacters);

    /// <summary>Whether an address stands where a name should.</summary>
    public static bool IsAddress(JsonElement value) => value.Words() is { } name && IsAddress(name);

    private static bool IsAddress(string name) => name.Contains('@', StringComparison.Ordinal) && Address.TryParse(name, out _);

    private static bool IsNumber(string name) =>
        name.Any(char.IsAsciiDigit) && name.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '(' or ')' or '-' or '.' or ':' or '\u00a0');
}
