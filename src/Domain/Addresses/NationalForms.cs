namespace Parley.Domain.Addresses;

/// <summary>Numbers that WhatsApp writes in two ways, brought to one form for comparison.</summary>
/// <remarks>The rules are the gateway's own (its <c>createJid</c>), without its exceptions by area code.</remarks>
internal static class NationalForms
{
    private const int LongForm = 13;

    public static string Canonical(string digits)
    {
        if (digits.Length != LongForm)
        {
            return digits;
        }

        // Brazil: 55 DD 9 XXXXXXXX. Landlines never got the ninth digit, so only mobile ranges move.
        if (digits.StartsWith("55", StringComparison.Ordinal) && digits[4] == '9' && digits[5] is >= '6' and <= '9')
        {
            return digits.Remove(4, 1);
        }

        // Mexico: 52 1 XXXXXXXXXX. Argentina: 54 9 XXXXXXXXXX.
        if (digits.StartsWith("521", StringComparison.Ordinal) || digits.StartsWith("549", StringComparison.Ordinal))
        {
            return digits.Remove(2, 1);
        }

        return digits;
    }
}
