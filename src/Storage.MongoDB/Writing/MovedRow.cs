using MongoDB.Bson;
using Parley.Domain.Conversations;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>A row that goes from one conversation to another.</summary>
internal sealed class MovedRow(string tenantId, string headId, MovedMessage moved)
{
    /// <summary>Where it is.</summary>
    public BsonDocument From { get; } = MessageId.Of(TenantKey.Of(tenantId, moved.From), moved.FromSequence);

    /// <summary>What it becomes; null when it arrives as a tombstone, or not at all.</summary>
    public BsonDocument? Row { get; } = moved.Message is { } message ? MessageDocument.Of(tenantId, headId, message) : null;

    /// <summary>The place of the tombstone that it becomes.</summary>
    public long? Tombstone { get; } = moved.Message is null ? moved.Sequence : null;

    public string? ExternalId { get; } = moved.Message?.ExternalId;
}
