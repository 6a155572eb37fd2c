using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Shared contacts: the name, and the numbers of the vCard.</summary>
internal static class VCard
{
    /// <summary>A card is written by anybody; nobody has more numbers.</summary>
    private const int MostNumbers = 32;

    public static ContactCard Of(JsonElement value)
    {
        var card = value.Get("vcard"u8).Text() ?? "";
        return new(value.Get("displayName"u8).Words() ?? NameOf(card), NumbersOf(card));
    }

    private static string? NameOf(string card)
    {
        foreach (var line in card.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("FN:", StringComparison.OrdinalIgnoreCase) && !line[3..].IsWhiteSpace())
            {
                return line[3..].Trim().ToString();
            }
        }

        return null;
    }

    private static ImmutableArray<string> NumbersOf(string card)
    {
        var numbers = ImmutableArray.CreateBuilder<string>();
        foreach (var line in card.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (numbers.Count == MostNumbers)
            {
                break;
            }

            if (colon > 0 && IsNumber(line[..colon]) && NumberOf(line[..colon], line[(colon + 1)..]) is { } number
                && !numbers.Contains(number, StringComparer.Ordinal))
            {
                numbers.Add(number);
            }
        }

        return numbers.ToImmutable();
    }

    /// <summary><c>TEL</c>, <c>TEL;type=CELL;waid=…</c> or <c>item1.TEL;waid=…</c>.</summary>
    private static bool IsNumber(ReadOnlySpan<char> property)
    {
        var end = property.IndexOf(';');
        var name = end < 0 ? property : property[..end];
        var group = name.IndexOf('.');
        return name[(group + 1)..].Equals("TEL", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>WhatsApp's own form of the number (<c>waid</c>) where there is one, else what people typed.</summary>
    private static string? NumberOf(ReadOnlySpan<char> property, ReadOnlySpan<char> value)
    {
        const string Waid = "waid=";
        var at = property.IndexOf(Waid, StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
        {
            var id = property[(at + Waid.Length)..];
            var end = id.IndexOf(';');
            if (Address.TryParse((end < 0 ? id : id[..end]).ToString(), out var known) && known.IsPhone)
            {
                return known.Value;
            }
        }

        const string Uri = "tel:";
        value = value.Trim();
        var typed = (value.StartsWith(Uri, StringComparison.OrdinalIgnoreCase) ? value[Uri.Length..] : value).ToString();
        return typed.Length == 0 ? null : Address.TryParse(typed, out var address) && address.IsPhone ? address.Value : typed;
    }
}
