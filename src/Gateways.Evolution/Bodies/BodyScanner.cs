using System.Buffers;
using System.Text;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Bodies;

/// <summary>
/// Copies JSON and follows its strings; the value of a member that holds media goes to the media store once it is
/// long, and a mark takes its place.
/// </summary>
/// <remarks>
/// It looks at quotes, backslashes and colons only: whether the body is JSON at all is judged by whoever parses what
/// it wrote. A value that turns out not to be base64 is left as it is while it is still in memory; one that breaks off
/// later (nobody could use it) leaves its beginning and a note.
/// </remarks>
internal sealed class BodyScanner(Func<CancellationToken, Task<IMediaWriter>> media) : IAsyncDisposable
{
    /// <summary>A value is looked at when this much of it is there; a shorter one stays in the body.</summary>
    private const int Long = 16 * 1024;

    /// <summary>How much of a value that breaks off stays in the body.</summary>
    private const int Kept = 60;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);

    private readonly GrowingBuffer _output = new();
    private bool _inString;
    private bool _escaped;
    private bool _valueExpected;
    private int _stringStart;
    private int _keyStart;
    private int _keyLength;
    private MediaKind _candidate;
    private Base64Decoder? _decoder;
    private IMediaWriter? _writer;
    private byte[] _beginning = [];

    public ReadOnlyMemory<byte> Written => _output.Written;

    public async ValueTask Scan(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            if (!_inString)
            {
                bytes = bytes[Outside(bytes.Span)..];
                continue;
            }

            var end = EndOfString(bytes.Span);
            var part = end < 0 ? bytes : bytes[..end];
            if (_decoder is null)
            {
                _output.Write(part.Span);
                if (_candidate != MediaKind.None && _output.Length - _stringStart >= Long)
                {
                    await Begin(cancellationToken);
                }
            }
            else
            {
                await Decode(part, cancellationToken);
            }

            if (end < 0)
            {
                return;
            }

            await Close(cancellationToken);
            bytes = bytes[end..];
            _output.Write(bytes.Span[..1]);
            bytes = bytes[1..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _decoder?.Dispose();
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }
    }

    /// <summary>Copies up to and with the next quote, and remembers whether a colon went before it.</summary>
    /// <returns>How many bytes were taken.</returns>
    private int Outside(ReadOnlySpan<byte> bytes)
    {
        var quote = bytes.IndexOf((byte)'"');
        var between = quote < 0 ? bytes : bytes[..quote];
        foreach (var b in between)
        {
            if (b > ' ')
            {
                _valueExpected = b == ':';
            }
        }

        _output.Write(quote < 0 ? bytes : bytes[..(quote + 1)]);
        if (quote < 0)
        {
            return bytes.Length;
        }

        _inString = true;
        _escaped = false;
        _stringStart = _output.Length;
        _candidate = _valueExpected ? MediaKeys.Find(_output.Span.Slice(_keyStart, _keyLength)) : MediaKind.None;
        return quote + 1;
    }

    /// <returns>Where the closing quote is, or -1.</returns>
    private int EndOfString(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        if (_escaped)
        {
            i = 1;
            _escaped = false;
        }

        while (i < bytes.Length)
        {
            var next = bytes[i..].IndexOfAny(StringEnds);
            if (next < 0)
            {
                return -1;
            }

            i += next;
            if (bytes[i] == '"')
            {
                return i;
            }

            i += 2;
        }

        _escaped = i > bytes.Length;
        return -1;
    }

    private async ValueTask Begin(CancellationToken cancellationToken)
    {
        var text = _output.Memory[_stringStart..];
        var decoder = new Base64Decoder();
        if (!decoder.Decode(text.Span))
        {
            decoder.Dispose();
            _candidate = MediaKind.None;
            return;
        }

        _decoder = decoder;
        _beginning = text.Span[..Kept].ToArray();
        _output.Truncate(_stringStart);
        if (_candidate == MediaKind.Media)
        {
            _writer = await media(cancellationToken);
        }

        await Flush(cancellationToken);
    }

    private async ValueTask Decode(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        // A part may decode to no more than the decoder holds.
        while (!text.IsEmpty && _decoder!.IsValid)
        {
            var part = text[..Math.Min(text.Length, Base64Decoder.MostAtOnce)];
            _decoder.Decode(part.Span);
            await Flush(cancellationToken);
            text = text[part.Length..];
        }
    }

    private async ValueTask Flush(CancellationToken cancellationToken)
    {
        if (_writer is not null && _decoder!.IsValid && !_decoder.Decoded.IsEmpty)
        {
            await _writer.Write(_decoder.Decoded, cancellationToken);
        }

        _decoder!.Clear();
    }

    /// <summary>The string ends: media is completed, a key is remembered.</summary>
    private async ValueTask Close(CancellationToken cancellationToken)
    {
        _inString = false;
        if (_decoder is null)
        {
            (_keyStart, _keyLength) = (_stringStart, _output.Length - _stringStart);
            _valueExpected = false;
            return;
        }

        if (!_decoder.Finish())
        {
            _output.Write(_beginning);
            _output.Write("... (not base64)"u8);
        }
        else if (_writer is not null)
        {
            await Flush(cancellationToken);
            _output.Write(Encoding.ASCII.GetBytes(MediaMark.Write(await _writer.Complete(cancellationToken))));
        }
        else
        {
            _output.Write("(left out)"u8);
        }

        _decoder.Dispose();
        _decoder = null;
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
            _writer = null;
        }

        _keyLength = 0;
        _valueExpected = false;
    }
}
