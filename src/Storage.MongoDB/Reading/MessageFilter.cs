using MongoDB.Bson;
using Parley.Domain.Messages;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Lets the server leave out the bodies that a filter passes over: of these rows only their places are sent.</summary>
internal static class MessageFilter
{
    /// <summary>The columns of a row by which lists find their way, and its body where all conditions hold.</summary>
    public static BsonDocument Columns(BsonArray conditions)
    {
        var columns = new BsonDocument { { Field.MessageId, 1 }, { Field.Timestamp, 1 }, { Field.Updated, 1 } };
        columns.Add(Field.Body, conditions.Count == 0
            ? 1
            : new BsonDocument("$cond", new BsonArray { new BsonDocument("$and", conditions), "$" + Field.Body, "$$REMOVE" }));
        return columns;
    }

    /// <param name="value">Null, which the driver makes BSON's null of, = any.</param>
    public static void Equal(BsonArray conditions, string field, BsonValue? value)
    {
        if (value is not null and not BsonNull)
        {
            conditions.Add(new BsonDocument("$eq", new BsonArray { "$" + field, Literal(value) }));
        }
    }

    public static void OneOf(BsonArray conditions, string field, IEnumerable<MessageStatus>? values)
    {
        if (values is not null)
        {
            conditions.Add(new BsonDocument("$in", new BsonArray { "$" + field, new BsonArray(values.Select(static value => (int)value)) }));
        }
    }

    public static void AtLeast(BsonArray conditions, string field, DateTimeOffset? value) => Compare(conditions, "$gte", field, value);

    public static void Below(BsonArray conditions, string field, DateTimeOffset? value) => Compare(conditions, "$lt", field, value);

    private static void Compare(BsonArray conditions, string compare, string field, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            conditions.Add(new BsonDocument(compare, new BsonArray { "$" + field, Values.Milliseconds(time) }));
        }
    }

    /// <summary>A text that begins with a dollar sign is no path.</summary>
    private static BsonDocument Literal(BsonValue value) => new("$literal", value);
}
