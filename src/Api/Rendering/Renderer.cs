using System.Diagnostics.Metrics;
using Parley.Api.Resources;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Api.Rendering;

/// <summary>Shows conversations and messages as clients see them: people by their best address and name.</summary>
internal sealed partial class Renderer(IAddressBook book, IDirectory directory, ILogger<Renderer> logger)
{
    private static readonly Meter Meter = new("Parley.Api");

    private static readonly Counter<long> Unreadable = Meter.CreateCounter<long>(
        "parley.api.messages_unreadable",
        "{message}",
        "Messages that were shown without what they say, because their row is damaged; each time that they were shown.");

    public async Task<IReadOnlyList<ConversationResource>> Conversations(
        string tenantId, IReadOnlyList<ConversationEntry> entries, CancellationToken cancellationToken)
    {
        var page = new PeopleOnPage();
        foreach (var entry in entries)
        {
            page.Add(entry.Head);
            if (entry.LastMessage is { } last)
            {
                page.Add(last);
                Watch(tenantId, last);
            }
        }

        var people = await page.Find(book, directory, tenantId, cancellationToken);
        return [.. entries.Select(entry => Conversation(entry, people))];
    }

    public async Task<ConversationResource> Conversation(
        string tenantId, ConversationEntry entry, CancellationToken cancellationToken) =>
        (await Conversations(tenantId, [entry], cancellationToken))[0];

    public async Task<IReadOnlyList<MessageResource>> Messages(
        string tenantId, IReadOnlyList<MessageEntry> entries, CancellationToken cancellationToken)
    {
        var page = new PeopleOnPage();
        foreach (var entry in entries)
        {
            page.Add(entry.Message);
            Watch(tenantId, entry.Message);
        }

        var people = await page.Find(book, directory, tenantId, cancellationToken);
        return [.. entries.Select(entry => MessageRenderer.Render(entry.Head, entry.Message, people))];
    }

    private void Watch(string tenantId, Message message)
    {
        if (DamagedMessage.Is(message))
        {
            LogDamaged(logger, message.Id, tenantId);
            Unreadable.Add(1);
        }
    }

    private static ConversationResource Conversation(ConversationEntry entry, People people)
    {
        var head = entry.Head;
        var phone = head.Contact is { Phone: null, Lid: { } hidden } && people.Shown(hidden) is { IsPhone: true } found
            ? found
            : head.Contact?.Phone;
        var address = head.Group ?? phone ?? head.ContactAddress;
        var line = head.Line;
        return new ConversationResource(
            head.ConversationId,
            head.Kind,
            Sorted(line, address),
            new LineResource(head.SessionIds.IsEmpty ? null : head.SessionIds[^1], line.Value),
            new ContactResource(
                address.Value,
                phone?.Value,
                head.Contact?.Lid?.Value,
                people.Find(e => e.Name, head.Group, phone, head.Contact?.Lid),
                people.Find(e => e.PictureUrl, head.Group, phone, head.Contact?.Lid)),
            head.SessionIds,
            head.MessageCount,
            head.InboundCount,
            head.OutboundCount,
            head.UnreadCount,
            head.ReadUpTo,
            head.LastSequence,
            entry.LastMessage is { } last ? MessageRenderer.Render(head, last, people) : null,
            head.LastActivityAt,
            head.CreatedAt);
    }

    private static string[] Sorted(Address one, Address other) =>
        one <= other ? [one.Value, other.Value] : [other.Value, one.Value];

    [LoggerMessage(2113, LogLevel.Error, "Message {MessageId} of tenant {TenantId} cannot be read: its row is damaged. It is shown without what it says.")]
    private static partial void LogDamaged(ILogger logger, Guid messageId, string tenantId);
}
