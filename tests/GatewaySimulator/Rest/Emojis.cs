using System.Globalization;
using System.Text;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Tells one emoji from anything else, as the gateway's check of reactions does.</summary>
internal static class Emojis
{
    public static bool IsOne(string text) =>
        text.Length > 0
        && new StringInfo(text).LengthInTextElements == 1
        && Rune.GetUnicodeCategory(text.EnumerateRunes().First()) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol;
}
