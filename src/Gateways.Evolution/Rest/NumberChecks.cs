using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>Which numbers have WhatsApp (gateway notes, 5).</summary>
internal static class NumberChecks
{
    /// <summary>The gateway says of letters, too, that they exist: such are not asked for.</summary>
    public static bool IsNumber(string number) => number.Length is >= 8 and <= 15 && number.All(char.IsAsciiDigit);

    /// <summary>One per number. Rows come in another order than asked; the member <c>lid</c> is a constant word.</summary>
    /// <exception cref="GatewayException">A number is missing in the answer.</exception>
    public static IReadOnlyList<NumberCheck> Of(RestCall call, IReadOnlyList<string> numbers, JsonElement answer)
    {
        var rows = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var row in answer.Elements())
        {
            if (row.Get("number"u8).Words() is { } number)
            {
                rows.TryAdd(number, row);
            }
        }

        return [.. numbers.Select(number => !IsNumber(number) ? new NumberCheck(number, Exists: false, Address: null)
            : rows.TryGetValue(number, out var row) ? CheckOf(number, row)
            : throw Faults.Unreadable(call, "a number is missing in the answer"))];
    }

    private static NumberCheck CheckOf(string number, JsonElement row)
    {
        var exists = row.Get("exists"u8).IsTrue();
        return new(number, exists, exists && Address.TryParse(row.Get("jid"u8).Text(), out var address) ? address : null);
    }
}
