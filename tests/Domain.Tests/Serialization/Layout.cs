using System.Text;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;

namespace Parley.Domain.Tests.Serialization;

/// <summary>The serialized form of a value: of each level of its type, base first, the members, and then a mark.</summary>
/// <remarks>The wire format: a member's header has its kind in the upper three bits, whether a type follows in the next two, and in the
/// lower three by how much its id is greater than that of the member before.</remarks>
internal sealed class Layout
{
    /// <summary>The greatest step between two ids that fits in a header.</summary>
    private const byte Step = 6;

    private const string UnknownType = "parley.NotKnownHere";

    /// <summary>A small number and a text, and the object's end.</summary>
    private static readonly byte[] Inside = [0x00, 0x03, 0x41, 0x05, (byte)'h', (byte)'i', 0xe0];

    private readonly byte[] _bytes;
    private readonly List<(List<int> Members, int End)> _levels = [];

    /// <param name="sessions">Of the serializer that knows the type.</param>
    public Layout(byte[] bytes, SerializerSessionPool sessions)
    {
        _bytes = bytes;
        using var session = sessions.GetSession();
        var reader = Reader.Create(bytes, session);
        reader.ReadFieldHeader();
        var members = new List<int>();
        while (true)
        {
            var start = (int)reader.Position;
            var header = reader.ReadFieldHeader();
            if (!header.IsEndBaseOrEndObject)
            {
                members.Add(start);
                reader.ConsumeUnknownField(header);
                continue;
            }

            _levels.Add((members, start));
            members = [];
            if (header.IsEndObject)
            {
                return;
            }
        }
    }

    /// <summary>As a newer build writes it, in which the type has members of every kind that this one does not know.</summary>
    /// <remarks>Its base has plain ones alone: an object counts, and what comes after it may be written as a number.</remarks>
    public byte[] WithUnknownMembers()
    {
        byte[] plain =
        [
            0x40 | Step, 0x05, (byte)'h', (byte)'i', // A text of two bytes.
            0x00 | Step, 0x03, // A small number.
            0x60 | Step, 1, 2, 3, 4, // Four bytes: a float.
            0x80 | Step, 1, 2, 3, 4, 5, 6, 7, 8, // Eight bytes: a double.
        ];
        byte[] objects =
        [
            0x20 | Step, .. Inside, // Of the type that the member has.
            0x30 | Step, 0x01, 0xde, 0xad, 0xbe, 0xef, (byte)((UnknownType.Length << 1) | 1), .. Encoding.ASCII.GetBytes(UnknownType), .. Inside,
        ];
        var written = new List<byte>();
        var from = 0;
        foreach (var (level, (_, end)) in _levels.Index())
        {
            written.AddRange(_bytes[from..end]);

            // The first of several levels is that of System.Object.
            written.AddRange(level > 0 || _levels.Count == 1 ? plain : []);
            from = end;
        }

        return [.. written, .. objects, .. _bytes[from..]];
    }

    /// <summary>As an older build wrote it, which did not have the last member yet; null where there is none.</summary>
    public byte[]? WithoutLastMember()
    {
        var (members, end) = _levels[^1];
        return members.Count == 0 ? null : [.. _bytes[..members[^1]], .. _bytes[end..]];
    }
}
