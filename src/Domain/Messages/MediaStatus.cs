namespace Parley.Domain.Messages;

/// <summary>Where the bytes of a message's media are.</summary>
public enum MediaStatus
{
    /// <summary>Parley does not have them (yet).</summary>
    Pending,

    /// <summary>Kept, and served by <c>GET /messages/{id}/media</c>.</summary>
    Stored,

    /// <summary>WhatsApp no longer has them.</summary>
    Expired,

    /// <summary>Larger than what Parley keeps.</summary>
    TooLarge,
}
