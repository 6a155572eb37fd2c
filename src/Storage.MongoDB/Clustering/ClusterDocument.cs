using MongoDB.Bson.Serialization.Attributes;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>A whole cluster: one document, so that a row and the table's version change together without a transaction.</summary>
/// <remarks>Rows are a list, not a map: an address has dots, which a map's keys must not have.</remarks>
[BsonIgnoreExtraElements]
internal sealed record ClusterDocument
{
    public const string VersionField = "version";
    public const string EtagField = "etag";
    public const string MembersField = "members";

    /// <summary>The cluster's id.</summary>
    [BsonId]
    public required string Id { get; init; }

    [BsonElement(VersionField)]
    public required int Version { get; init; }

    [BsonElement(EtagField)]
    public required string Etag { get; init; }

    [BsonElement(MembersField)]
    public required IReadOnlyList<MemberRow> Members { get; init; }
}
