using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Parley.Domain.Addresses;

/// <summary>
/// The normalized form of a party: <c>5511987650001</c>, <c>120363025246125888@g.us</c>,
/// <c>100000000000011@lid</c> or <c>session:shop-1</c>.
/// </summary>
/// <remarks>
/// Built only by <see cref="TryParse"/> and <see cref="OfSession"/>. Two addresses that WhatsApp writes
/// differently for one line are unequal here and equal in their <see cref="Canonical"/> form.
/// </remarks>
[GenerateSerializer, Immutable, Alias("parley.Address")]
public readonly record struct Address : IComparable<Address>
{
    private const string SessionPrefix = "session:";
    private const string LidSuffix = "@lid";
    private const string GroupSuffix = "@g.us";

    /// <summary>A bare run of this many digits is a group's id, not a number (the gateway's own rule).</summary>
    private const int ShortestBareGroup = 18;

    /// <summary>No number, group or hidden id is longer; a session's name may be.</summary>
    private const int LongestSpelling = 256;

    /// <summary>A bare <c>number-time</c> of at least this length is an old group's id.</summary>
    private const int ShortestOldGroup = 24;

    [Id(0)]
    private readonly string? _value;

    private Address(string value) => _value = value;

    /// <summary>The text of the address, as it is stored, compared and shown.</summary>
    public string Value => _value ?? "";

    public AddressKind Kind =>
        Value.EndsWith(LidSuffix, StringComparison.Ordinal) ? AddressKind.Lid
        : Value.EndsWith(GroupSuffix, StringComparison.Ordinal) ? AddressKind.Group
        : Value.StartsWith(SessionPrefix, StringComparison.Ordinal) ? AddressKind.Session
        : AddressKind.Phone;

    public bool IsPhone => Kind == AddressKind.Phone;

    /// <summary>
    /// The form under which addresses of one line are equal: a number without the digit that WhatsApp
    /// writes or leaves out in Brazil, Mexico and Argentina; anything else unchanged.
    /// </summary>
    public Address Canonical => Kind == AddressKind.Phone ? new Address(NationalForms.Canonical(Value)) : this;

    /// <summary>The stand-in for the number of a line that is not known yet.</summary>
    /// <remarks>Characters outside <c>[A-Za-z0-9._-]</c> are written <c>~XX</c> (UTF-8, hexadecimal), so that
    /// an address is safe in keys and paths whatever the instance is called.</remarks>
    public static Address OfSession(string sessionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        var text = new StringBuilder(SessionPrefix, SessionPrefix.Length + sessionId.Length);
        foreach (var b in Encoding.UTF8.GetBytes(sessionId))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'_' or (byte)'-')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"~{b:X2}");
            }
        }

        return new Address(text.ToString());
    }

    /// <summary>The session that a <see cref="AddressKind.Session"/> address stands for, else null.</summary>
    public string? SessionId => Kind == AddressKind.Session ? Unescape(Value[SessionPrefix.Length..]) : null;

    /// <summary>
    /// Reads any spelling of a party: a JID of any server with or without device suffix, a number with
    /// <c>+</c>, <c>00</c>, blanks, brackets, dots or hyphens, a bare group id, <c>session:…</c>.
    /// </summary>
    /// <returns>False for what names no party of a conversation: status stories, broadcast lists,
    /// newsletters, bots, letters, the empty string.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        text = text.Trim();
        if (text.StartsWith(SessionPrefix, StringComparison.Ordinal))
        {
            var id = text[SessionPrefix.Length..];
            if (id.Length == 0)
            {
                return false;
            }

            address = OfSession(Unescape(id));
            return true;
        }

        if (text.Length > LongestSpelling)
        {
            return false;
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return TryParseBare(text, out address);
        }

        var user = text.AsSpan(0, at);
        var device = user.IndexOf(':');
        if (device >= 0)
        {
            user = user[..device];
        }

        switch (text[(at + 1)..].ToLowerInvariant())
        {
            case "s.whatsapp.net" or "c.us" or "hosted":
                return TryParsePhone(user, out address);
            case "lid" or "hosted.lid" when IsDigits(user):
                address = new Address(string.Concat(user, LidSuffix));
                return true;
            case "g.us" when IsGroupId(user):
                address = new Address(string.Concat(user, GroupSuffix));
                return true;
            default:
                return false;
        }
    }

    /// <summary>As <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text names no party.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an address.");

    public int CompareTo(Address other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;

    private static bool TryParseBare(string text, out Address address)
    {
        if (IsDigits(text) && text.Length >= ShortestBareGroup)
        {
            address = new Address(text + GroupSuffix);
            return true;
        }

        if (text.Length >= ShortestOldGroup && text.Contains('-', StringComparison.Ordinal) && IsGroupId(text))
        {
            address = new Address(text + GroupSuffix);
            return true;
        }

        return TryParsePhone(text, out address);
    }

    private static bool TryParsePhone(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        Span<char> digits = stackalloc char[20];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == digits.Length)
                {
                    return false;
                }

                digits[count++] = c;
            }
            else if (c is not ('+' or ' ' or '(' or ')' or '-' or '.' or '\u00a0'))
            {
                return false;
            }
        }

        ReadOnlySpan<char> number = digits[..count];
        while (number.StartsWith("00"))
        {
            number = number[2..];
        }

        // E.164 allows 15 digits; anything shorter than three names nobody.
        if (number.Length is < 3 or > 15)
        {
            return false;
        }

        address = new Address(number.ToString());
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) =>
        text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsGroupId(ReadOnlySpan<char> text) =>
        text.Length > 0 && text.ContainsAnyInRange('0', '9') && !text.ContainsAnyExcept("0123456789-");

    private static string Unescape(string id)
    {
        if (!id.Contains('~', StringComparison.Ordinal))
        {
            return id;
        }

        var bytes = new List<byte>(id.Length);
        for (var i = 0; i < id.Length;)
        {
            if (id[i] == '~' && i + 2 < id.Length
                && byte.TryParse(id.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 3;
            }
            else
            {
                // Whole runs, so that a character of two UTF-16 units is not torn.
                var next = id.IndexOf('~', i + 1);
                var end = next < 0 ? id.Length : next;
                bytes.AddRange(Encoding.UTF8.GetBytes(id[i..end]));
                i = end;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
