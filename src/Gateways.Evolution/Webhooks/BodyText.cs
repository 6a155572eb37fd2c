using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>
/// Makes a body's text readable as .NET strings: lone surrogates, NUL and broken UTF-8 become U+FFFD.
/// </summary>
/// <remarks>
/// Done once on the bytes, so that no read of a string can fail later. JavaScript writes lone surrogates and NUL
/// as <c>\uXXXX</c>, so a body without that escape is left as it is and costs two vectorized scans only.
/// </remarks>
internal static class BodyText
{
    public static ReadOnlyMemory<byte> Readable(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body["\uFEFF"u8.Length..];
        }

        if (!Utf8.IsValid(body.Span))
        {
            body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span));
        }

        return body.Span.IndexOf("\\u"u8) < 0 ? body : WithoutBrokenEscapes(body);
    }

    private static ReadOnlyMemory<byte> WithoutBrokenEscapes(ReadOnlyMemory<byte> body)
    {
        byte[]? copy = null;
        var text = body.Span;
        var i = 0;
        while (i < text.Length)
        {
            var next = text[i..].IndexOf((byte)'\\');
            if (next < 0 || i + next + 1 >= text.Length)
            {
                break;
            }

            i += next;
            if (!TryReadEscape(text[i..], out var unit))
            {
                i += 2;
                continue;
            }

            if (char.IsHighSurrogate(unit) && TryReadEscape(text[(i + 6)..], out var second) && char.IsLowSurrogate(second))
            {
                i += 12;
                continue;
            }

            if (unit == '\0' || char.IsSurrogate(unit))
            {
                copy ??= body.ToArray();
                "\\uFFFD"u8.CopyTo(copy.AsSpan(i));
            }

            i += 6;
        }

        return copy ?? body;
    }

    /// <summary>Reads <c>\uXXXX</c> at the start of the text.</summary>
    private static bool TryReadEscape(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u')
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[2];
        if (Convert.FromHexString(text[2..6], bytes, out _, out var written) != OperationStatus.Done || written != 2)
        {
            return false;
        }

        unit = (char)((bytes[0] << 8) | bytes[1]);
        return true;
    }
}
