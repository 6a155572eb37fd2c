using System.Text;
using Parley.Domain.Addresses;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>The number inside an id of the Cloud API.</summary>
/// <remarks>
/// <c>wamid.</c> and the base64 of a Thrift struct whose first field is the customer's number as ASCII digits:
/// <c>1C 18 &lt;length&gt; &lt;digits&gt;</c>. Anything else (invented ids, ids of users without a number) says nothing.
/// </remarks>
internal static class Wamid
{
    private const string Prefix = "wamid.";
    private const int ShortestNumber = 7;
    private const int LongestNumber = 15;

    public static Address? PhoneOf(string? id)
    {
        if (id is null || !id.StartsWith(Prefix, StringComparison.Ordinal) || id.Length > 200)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[160];
        if (!Convert.TryFromBase64Chars(id.AsSpan(Prefix.Length), bytes, out var count))
        {
            return null;
        }

        bytes = bytes[..count];
        if (!bytes.StartsWith("\u001c\u0018"u8) || count < 3 || bytes[2] is < ShortestNumber or > LongestNumber || count < 3 + bytes[2])
        {
            return null;
        }

        var digits = bytes.Slice(3, bytes[2]);
        return !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Address.TryParse(Encoding.ASCII.GetString(digits), out var address)
            ? address
            : null;
    }
}
