namespace Parley.GatewaySimulator;

/// <summary>Ids in the forms of the gateway, its database and WhatsApp.</summary>
internal static class NewIds
{
    /// <summary>A message that the gateway sends.</summary>
    public static string Sent(Dialect dialect) => "3EB0" + Hex(dialect.SentIdDigits);

    /// <summary>A message from a phone: 3A and 18 digits of an iPhone, AC and 30 of Android.</summary>
    public static string Phone(string source) => source == "ios" ? "3A" + Hex(18) : "AC" + Hex(30);

    /// <summary>A row of v2's database.</summary>
    public static string Row() => "c" + Hex(24).ToLowerInvariant();

    /// <summary>A row of v1's database.</summary>
    public static string Document() => Hex(24).ToLowerInvariant();

    public static string Token() => Guid.NewGuid().ToString().ToUpperInvariant();

    public static string Instance() => Guid.NewGuid().ToString();

    private static string Hex(int digits) => Random.Shared.GetHexString(digits);
}
