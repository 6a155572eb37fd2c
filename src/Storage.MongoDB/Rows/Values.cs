using System.Text;
using MongoDB.Bson;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>How values become BSON.</summary>
internal static class Values
{
    /// <summary>Sorts as the ids do: the bytes are big-endian.</summary>
    public static BsonValue Of(Guid id) => new BsonBinaryData(id, GuidRepresentation.Standard);

    public static BsonValue Of(byte[] bytes) => new BsonBinaryData(bytes);

    public static BsonValue Of(string? text) => text is null ? BsonNull.Value : new BsonString(text);

    /// <summary>Text as it will be read again: half of a surrogate pair has no place in UTF-8 and is kept as U+FFFD.</summary>
    public static string AsKept(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    /// <summary>A time to the tick: .NET ticks of UTC. A BSON date has milliseconds only.</summary>
    public static BsonValue Ticks(DateTimeOffset time) => new BsonInt64(time.UtcTicks);

    public static BsonValue MaybeTicks(DateTimeOffset? time) => time is { } known ? Ticks(known) : BsonNull.Value;

    /// <summary>A time to find by.</summary>
    public static BsonValue Milliseconds(DateTimeOffset time) => new BsonInt64(time.ToUnixTimeMilliseconds());

    public static Guid Guid(this BsonDocument document, string field) => document[field].AsGuid;

    public static string Text(this BsonDocument document, string field) => document[field].AsString;

    public static string? MaybeText(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) && value.IsString ? value.AsString : null;

    public static long Int64(this BsonDocument document, string field) => document[field].AsInt64;

    public static long? MaybeInt64(this BsonDocument document, string field) =>
        document.TryGetValue(field, out var value) && value.IsInt64 ? value.AsInt64 : null;

    public static DateTimeOffset Time(this BsonDocument document, string field) => new(document.Int64(field), TimeSpan.Zero);

    public static DateTimeOffset? MaybeTime(this BsonDocument document, string field) =>
        document.MaybeInt64(field) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
