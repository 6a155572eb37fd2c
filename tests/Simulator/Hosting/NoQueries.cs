using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Simulator.Hosting;

/// <summary>Lists decide nothing, so no history needs them.</summary>
internal sealed class NoQueries : IQueries
{
    public Task<Page<ConversationEntry>> ListConversations(
        string tenantId, ConversationFilter filter, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ConversationEntry?> ReadConversation(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Page<Message>> ListMessages(
        string tenantId, string conversationId, ConversationMessagesFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Page<MessageEntry>> ListMessages(
        string tenantId, MessagesFilter filter, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MessageEntry?> FindMessage(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyDictionary<Guid, MessageEntry>> FindMessages(
        string tenantId, IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken) => throw new NotSupportedException();
}
