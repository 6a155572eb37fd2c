namespace Parley.GatewaySimulator.Network;

/// <summary>Addresses of WhatsApp.</summary>
public static class Jid
{
    public static string Phone(string digits) => $"{digits}@s.whatsapp.net";

    public static string Hidden(string digits) => $"{digits}@lid";

    public static string Group(string digits) => $"{digits}@g.us";

    public static bool IsGroup(string jid) => jid.EndsWith("@g.us", StringComparison.Ordinal);

    public static bool IsHidden(string jid) => jid.EndsWith("@lid", StringComparison.Ordinal);

    public static string User(string jid) => WithoutDevice(jid).Split('@')[0];

    /// <summary><c>55…:12@s.whatsapp.net</c> is <c>55…@s.whatsapp.net</c>.</summary>
    public static string WithoutDevice(string jid)
    {
        var colon = jid.IndexOf(':', StringComparison.Ordinal);
        var at = jid.IndexOf('@', StringComparison.Ordinal);
        return colon >= 0 && at > colon ? jid[..colon] + jid[at..] : jid;
    }

    /// <summary>What the gateway makes of a caller's number, before it asks WhatsApp (<c>createJid</c>).</summary>
    public static string FromNumber(string number)
    {
        if (number.Contains("@g.us", StringComparison.Ordinal) || number.Contains("@s.whatsapp.net", StringComparison.Ordinal)
            || number.Contains("@lid", StringComparison.Ordinal) || number.Contains("@broadcast", StringComparison.Ordinal))
        {
            return number;
        }

        var bare = number.Split(':')[0].Split('@')[0];
        var groupLike = (bare.Contains('-', StringComparison.Ordinal) && bare.Length >= 24) || bare.Count(char.IsAsciiDigit) >= 18;
        if (groupLike)
        {
            return Group(bare.Replace("+", "", StringComparison.Ordinal));
        }

        var digits = new string([.. bare.Where(char.IsAsciiDigit)]);
        return Phone(Normalize(digits));
    }

    // The Mexican 1, the Argentine 9 and, of newer areas of Brazil, the ninth digit.
    private static string Normalize(string digits)
    {
        if (digits.Length != 13)
        {
            return digits;
        }

        if (digits.StartsWith("52", StringComparison.Ordinal) || digits.StartsWith("54", StringComparison.Ordinal))
        {
            return digits[..2] + digits[3..];
        }

        var newArea = digits.StartsWith("55", StringComparison.Ordinal) && digits[4] == '9'
            && int.Parse(digits.AsSpan(2, 2)) >= 31 && digits[5] >= '7';
        return newArea ? digits[..4] + digits[5..] : digits;
    }
}
