using MongoDB.Bson.Serialization.Attributes;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>A silo that suspects another to be dead.</summary>
[BsonIgnoreExtraElements]
internal sealed record VoteRow
{
    public const string AtField = "at";

    [BsonElement("silo")]
    public required string Silo { get; init; }

    [BsonElement(AtField)]
    public required DateTime At { get; init; }
}
