using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Domain.Observations;

/// <summary>A message, as one delivery of it reads.</summary>
public sealed record MessageObserved : Observation
{
    public required string ExternalId { get; init; }

    /// <summary>What the payload says. In groups the author decides too: see <see cref="Author"/>.</summary>
    public required bool FromMe { get; init; }

    /// <summary>The group, when the chat is one.</summary>
    public Address? Group { get; init; }

    /// <summary>The other person of a direct chat, by every address that the payload gives; null in groups.</summary>
    public Party? Peer { get; init; }

    /// <summary>The author in a group, by every address that the payload gives; null in direct chats.</summary>
    public Party? Author { get; init; }

    /// <summary>The author's profile name; null when unknown. Only of inbound messages it names the contact.</summary>
    public string? AuthorName { get; init; }

    public required MessageContent Content { get; init; }

    /// <summary>What it quotes is a story or the like: no conversation has it, so it is not missing.</summary>
    public bool QuotesElsewhere { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Null when the payload has none: then the rule of <c>DOMAIN</c> applies (see <see cref="ByApi"/>).</summary>
    public MessageStatus? Status { get; init; }

    /// <summary>Sent through the gateway's REST API (<c>send.message</c>), not typed on the phone.</summary>
    public bool ByApi { get; init; }

    public MessageOrigin Origin { get; init; } = MessageOrigin.Live;

    /// <summary>The media's bytes as the payload has them: base64, or the mark that the body's reader put there
    /// when it had already stored them; null when it has none.</summary>
    public string? MediaData { get; init; }
}
