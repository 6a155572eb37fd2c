using MongoDB.Bson;
using Parley.Domain.Events;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>A document of the log that lost parts is read all the same: it would hold up a whole shard.</summary>
public sealed class EventDocumentTests
{
    private const string Facts = """{"type":"session.updated","number":3,"at":1700000000000}""";

    [Theory]
    [InlineData(null)]
    [InlineData("subject")]
    [InlineData("body")]
    [InlineData("logged")]
    public void Whatever_is_missing_its_place_is_known(string? part)
    {
        var row = EventDocument.Of("acme", 5, 2, 9, 1_700_000_000_000, "shop-1", Facts);
        if (part is not null)
        {
            row.Remove(part switch { "subject" => Field.Subject, "body" => Field.Body, _ => Field.Logged });
        }

        var e = EventDocument.Read(row);
        Assert.Equal(("acme", 5, 9), (e.TenantId, e.Position, e.Running));
        Assert.Equal(part == "subject" ? "" : "shop-1", e.Subject);
        Assert.Equal(part == "body" ? EventType.Unreadable : EventType.SessionUpdated, e.Facts.Type);
    }

    [Fact]
    public void Parts_of_another_kind_are_as_if_they_were_missing()
    {
        var row = EventDocument.Of("acme", 5, 2, 9, 1_700_000_000_000, "shop-1", new BsonDocument("type", "session.updated"));
        row[Field.Subject] = 5;
        row[Field.Logged] = "now";
        Assert.Equal((EventType.Unreadable, ""), (EventDocument.Read(row).Facts.Type, EventDocument.Read(row).Subject));
    }
}
