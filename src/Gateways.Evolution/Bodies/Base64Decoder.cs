using System.Buffers;
using System.Buffers.Text;

namespace Parley.Gateways.Evolution.Bodies;

/// <summary>
/// Decodes base64 as it stands within a JSON string, part by part: with JSON's escapes, blanks, a
/// <c>data:…;base64,</c> before it, with or without padding, in either alphabet.
/// </summary>
internal sealed class Base64Decoder : IDisposable
{
    /// <summary>How much text is decoded at once.</summary>
    public const int MostAtOnce = 128 * 1024;

    private const int Room = MostAtOnce + 16;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private readonly byte[] _text = ArrayPool<byte>.Shared.Rent(Room);
    private readonly byte[] _decoded = ArrayPool<byte>.Shared.Rent(Room);
    private readonly byte[] _escape = new byte[5];
    private int _textLength;
    private int _decodedLength;
    private int _escapeLength;
    private bool _inEscape;
    private int _padding;
    private bool _started;
    private bool _inPrefix;
    private int _prefixLength;

    public bool IsValid { get; private set; } = true;

    public ReadOnlyMemory<byte> Decoded => _decoded.AsMemory(0, _decodedLength);

    /// <summary>Forgets what was decoded, after it was taken.</summary>
    public void Clear() => _decodedLength = 0;

    /// <returns>False when the text, all of it, is not base64.</returns>
    public bool Decode(ReadOnlySpan<byte> text)
    {
        while (IsValid && !text.IsEmpty)
        {
            if (!_inEscape && !_inPrefix && _started && _padding == 0)
            {
                var plain = text.IndexOfAnyExcept(Alphabet);
                plain = plain < 0 ? text.Length : plain;
                text[..plain].CopyTo(_text.AsSpan(_textLength));
                _textLength += plain;
                text = text[plain..];
                if (text.IsEmpty)
                {
                    break;
                }
            }

            Take(text[0]);
            text = text[1..];
        }

        return IsValid && DecodeBlocks();
    }

    /// <summary>The text is at its end.</summary>
    /// <returns>False when it was not base64.</returns>
    public bool Finish()
    {
        if (!IsValid || _inEscape || _inPrefix)
        {
            return IsValid = false;
        }

        // Some writers leave the padding away; one letter alone cannot be.
        if (_textLength == 1 || (_padding > 0 && _textLength + _padding != 4))
        {
            return IsValid = false;
        }

        while (_textLength is > 0 and < 4)
        {
            _text[_textLength++] = (byte)'=';
        }

        return DecodeBlocks();
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        ArrayPool<byte>.Shared.Return(_decoded);
    }

    private void Take(byte b)
    {
        if (_inEscape)
        {
            TakeEscape(b);
        }
        else if (b == '\\')
        {
            _inEscape = true;
            _escapeLength = 0;
        }
        else
        {
            TakeCharacter(b);
        }
    }

    private void TakeEscape(byte b)
    {
        _escape[_escapeLength++] = b;
        if (_escape[0] != 'u')
        {
            _inEscape = false;
            TakeCharacter(b switch { (byte)'n' or (byte)'r' or (byte)'t' => (byte)' ', _ => b });
        }
        else if (_escapeLength == _escape.Length)
        {
            _inEscape = false;
            IsValid = Utf8Parser.TryParse(_escape.AsSpan(1), out ushort unit, out var read, 'x') && read == 4 && unit < 128;
            if (IsValid)
            {
                TakeCharacter((byte)unit);
            }
        }
    }

    private void TakeCharacter(byte b)
    {
        if (_inPrefix)
        {
            _inPrefix = b != ',';
            IsValid = ++_prefixLength < 256;
            return;
        }

        switch (b)
        {
            case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                break;
            case (byte)':' when IsDataPrefix():
                _textLength = 0;
                _inPrefix = true;
                break;
            case (byte)'=':
                _padding++;
                IsValid = _padding <= 2;
                break;
            case (byte)'-':
                Append((byte)'+');
                break;
            case (byte)'_':
                Append((byte)'/');
                break;
            default:
                IsValid = IsValid && Alphabet.Contains(b);
                Append(b);
                break;
        }
    }

    private bool IsDataPrefix() => _prefixLength == 0 && _text.AsSpan(0, _textLength).SequenceEqual("data"u8);

    private void Append(byte b)
    {
        _started = true;
        IsValid &= _padding == 0;
        _text[_textLength++] = b;
    }

    /// <summary>Decodes whole blocks of four letters and keeps the rest for what comes.</summary>
    private bool DecodeBlocks()
    {
        if (!IsValid)
        {
            return false;
        }

        var whole = _textLength & ~3;
        if (whole == 0)
        {
            return true;
        }

        var status = Base64.DecodeFromUtf8(_text.AsSpan(0, whole), _decoded.AsSpan(_decodedLength), out var read, out var written);
        IsValid = status == OperationStatus.Done && read == whole;
        _decodedLength += written;
        _text.AsSpan(whole, _textLength - whole).CopyTo(_text);
        _textLength -= whole;
        return IsValid;
    }
}
