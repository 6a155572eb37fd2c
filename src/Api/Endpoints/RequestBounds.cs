using Parley.Api.Problems;
using Parley.Domain.Addresses;

namespace Parley.Api.Endpoints;

/// <summary>Bounds that several requests share.</summary>
internal static class RequestBounds
{
    /// <summary>Numbers have 8 to 15 digits (E.164; the gateway's client rules).</summary>
    public const int FewestDigits = 8;
    public const int MostDigits = 15;

    private const int MostMetadata = 50;
    private const int LongestMetadata = 4_096;

    public static bool IsNumber(Address address) =>
        address is { Kind: AddressKind.Phone, Value.Length: >= FewestDigits and <= MostDigits };

    /// <exception cref="ProblemException">It has too much, or a name without a text.</exception>
    public static void CheckMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata?.Values.Any(static v => v is null) == true)
        {
            throw new ProblemException(Problem.OfBody(ProblemCode.InvalidRequest, "#/metadata", "Each name has a text."));
        }

        if (metadata?.Count > MostMetadata || metadata?.Sum(static m => m.Key.Length + m.Value.Length) > LongestMetadata)
        {
            throw new ProblemException(Problem.OfBody(
                ProblemCode.InvalidRequest, "#/metadata", $"At most {MostMetadata} names, {LongestMetadata} characters in all."));
        }
    }
}
