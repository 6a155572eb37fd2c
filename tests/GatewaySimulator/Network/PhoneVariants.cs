namespace Parley.GatewaySimulator.Network;

/// <summary>The forms under which WhatsApp may have a number: with and without the Brazilian 9, the Mexican 1, the Argentine 9.</summary>
internal static class PhoneVariants
{
    public static IReadOnlyList<string> Of(string digits) => digits switch
    {
        { Length: 13 } when digits.StartsWith("55", StringComparison.Ordinal) && digits[4] == '9' => [digits, digits[..4] + digits[5..]],
        { Length: 12 } when digits.StartsWith("55", StringComparison.Ordinal) => [digits, digits[..4] + "9" + digits[4..]],
        { Length: 12 } when digits.StartsWith("52", StringComparison.Ordinal) => [digits, "521" + digits[2..]],
        { Length: 13 } when digits.StartsWith("521", StringComparison.Ordinal) => [digits, "52" + digits[3..]],
        { Length: 12 } when digits.StartsWith("54", StringComparison.Ordinal) => [digits, "549" + digits[2..]],
        { Length: 13 } when digits.StartsWith("549", StringComparison.Ordinal) => [digits, "54" + digits[3..]],
        _ => [digits],
    };
}
