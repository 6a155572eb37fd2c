using System.Text;

namespace Parley.Ports.Rows;

/// <summary>Letters without case and accents.</summary>
/// <remarks>A table of the Latin letters: the runtime's own decomposition is not there in invariant globalization.</remarks>
internal static class Folding
{
    private const int First = 0xC0;

    // The letters from U+00C0 to U+017F, each with what it is without its accent; '*' stands for two letters or for no letter.
    private const string Latin =
        "aaaaaa*ceeeeiiiidnooooo*ouuuuy**"
        + "aaaaaa*ceeeeiiiidnooooo*ouuuuy*y"
        + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkkllllllllllnnnnnnn**oooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    public static void Append(StringBuilder word, Rune rune)
    {
        switch (rune.Value)
        {
            case 0xC6 or 0xE6:
                word.Append("ae");
                break;
            case 0xDF:
                word.Append("ss");
                break;
            case 0xDE or 0xFE:
                word.Append("th");
                break;
            case 0x132 or 0x133:
                word.Append("ij");
                break;
            case 0x14A or 0x14B:
                word.Append('n');
                break;
            case 0x152 or 0x153:
                word.Append("oe");
                break;
            case var value when value >= First && value < First + Latin.Length && Latin[value - First] != '*':
                word.Append(Latin[value - First]);
                break;
            default:
                word.Append(Rune.ToLowerInvariant(rune).ToString());
                break;
        }
    }
}
