using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>What lists and history need: read from the store, never through a grain.</summary>
/// <remarks>No read scans a table: each follows an index, and where a filter has none the scan stops at a bound and the page
/// says where to go on. What lies under a delete mark is not there.</remarks>
public interface IQueries
{
    /// <summary>Visible conversations by last activity, newest first. Key: (Unix ms, conversation id).</summary>
    Task<Page<ConversationEntry>> ListConversations(
        string tenantId, ConversationFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <returns>Null when there is none, or nothing is above its delete mark; a sealed one is shown, so that its pointer can be followed.</returns>
    Task<ConversationEntry?> ReadConversation(string tenantId, string conversationId, CancellationToken cancellationToken);

    /// <summary>Messages of one conversation. Key: (sequence) or (timestamp in Unix ms, sequence).</summary>
    Task<Page<Message>> ListMessages(
        string tenantId, string conversationId, ConversationMessagesFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Messages of a tenant, newest first by creation (key: message id); by timestamp, newest first, with since or until;
    /// by change time, oldest first, with updatedSince.</summary>
    Task<Page<MessageEntry>> ListMessages(
        string tenantId, MessagesFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <returns>Null when there is none, or it is deleted with its conversation.</returns>
    Task<MessageEntry?> FindMessage(string tenantId, Guid messageId, CancellationToken cancellationToken);

    /// <returns>Those of these messages that are there, by their ids: none that is deleted with its conversation.</returns>
    Task<IReadOnlyDictionary<Guid, MessageEntry>> FindMessages(
        string tenantId, IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken);
}

/// <summary>A conversation with its last message.</summary>
public sealed record ConversationEntry(ConversationHead Head, Message? LastMessage);

/// <summary>A message with its conversation.</summary>
public sealed record MessageEntry(ConversationHead Head, Message Message);

/// <param name="Query">Words of names and digits of numbers; each must match. Where there is no word in it, nothing does.</param>
public sealed record ConversationFilter(
    string? SessionId = null,
    ConversationKind? Kind = null,
    bool? Unread = null,
    DateTimeOffset? ActiveSince = null,
    string? Query = null);

/// <param name="Since">Gateway's timestamp, inclusive.</param>
/// <param name="Until">Gateway's timestamp, exclusive.</param>
public sealed record ConversationMessagesFilter(
    bool Ascending = false,
    bool ByTimestamp = false,
    long? AfterSequence = null,
    long? BeforeSequence = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    Direction? Direction = null,
    MessageType? Type = null);

/// <summary>Which messages of a tenant a list shows; null = any.</summary>
/// <param name="Since">Gateway's timestamp, inclusive.</param>
/// <param name="Until">Gateway's timestamp, exclusive.</param>
/// <param name="UpdatedSince">Changed at or after this.</param>
public sealed record MessagesFilter(
    Direction? Direction = null,
    IReadOnlyList<MessageStatus>? Statuses = null,
    string? SessionId = null,
    string? ConversationId = null,
    string? ExternalId = null,
    MessageType? Type = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    DateTimeOffset? UpdatedSince = null);
