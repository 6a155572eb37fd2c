using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Parley.Ports;

namespace Parley.Api.Paging;

/// <summary>A place in a list, as clients carry it: opaque, and of use in the list that gave it only.</summary>
/// <param name="Place">The conversation or session whose list it is; empty elsewhere.</param>
/// <remarks>
/// A tag over the content and the list's scope (tenant, list, filters) tells whether the cursor is that list's. It is no secret:
/// whoever forges one reaches rows that are shown to him anyway.
/// </remarks>
internal sealed record Cursor(SortKey Key, bool Backwards, string Place)
{
    private const byte Version = 1;
    private const int TagLength = 9;
    private const int Fixed = TagLength + 2 + sizeof(long) + sizeof(ushort);

    public string Encode(string scope)
    {
        var place = Encoding.UTF8.GetBytes(Place);
        var tie = Encoding.UTF8.GetBytes(Key.Tie);
        var bytes = new byte[Fixed + place.Length + tie.Length];
        var content = bytes.AsSpan(TagLength);
        content[0] = Version;
        content[1] = Backwards ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(content[2..], Key.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(content[10..], (ushort)place.Length);
        place.CopyTo(content[12..]);
        tie.CopyTo(content[(12 + place.Length)..]);
        Tag(scope, content).CopyTo(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryDecode(string text, string scope, [NotNullWhen(true)] out Cursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text, out var length) || length < Fixed)
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        ReadOnlySpan<byte> content = bytes.AsSpan(TagLength);
        var placeLength = BinaryPrimitives.ReadUInt16LittleEndian(content[10..]);
        if (content[0] != Version || content.Length < 12 + placeLength || !Tag(scope, content).SequenceEqual(bytes.AsSpan(0, TagLength)))
        {
            return false;
        }

        cursor = new Cursor(
            new SortKey(BinaryPrimitives.ReadInt64LittleEndian(content[2..]), Encoding.UTF8.GetString(content[(12 + placeLength)..])),
            content[1] == 1,
            Encoding.UTF8.GetString(content.Slice(12, placeLength)));
        return true;
    }

    private static ReadOnlySpan<byte> Tag(string scope, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(scope));
        hash.AppendData([0]);
        hash.AppendData(content);
        return hash.GetHashAndReset().AsSpan(0, TagLength);
    }
}
