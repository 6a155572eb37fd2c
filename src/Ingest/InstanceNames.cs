using System.Security.Cryptography;

namespace Parley.Ingest;

/// <summary>The names of instances that Parley makes.</summary>
/// <remarks>A gateway tells anybody whether a name is taken, so that no name may be guessed: 22 characters of base32 are 110 bits.</remarks>
public static class InstanceNames
{
    private const string Prefix = "p-";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 22;

    /// <returns>One that was never used before.</returns>
    public static string New() => Prefix + RandomNumberGenerator.GetString(Alphabet, Length);

    /// <returns>The own token of a new instance, which nobody but its gateway and Parley knows.</returns>
    public static string NewInstanceToken() => RandomNumberGenerator.GetString(Alphabet, 2 * Length);
}
