using System.Text.Json;
using Parley.Api.Http;
using Parley.Api.Resources;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Api.Rendering;

/// <summary>Shows one message.</summary>
internal static class MessageRenderer
{
    private const string OutcomeUnknown = "outcome_unknown";

    public static MessageResource Render(ConversationHead head, Message message, People people)
    {
        var content = message.Content;
        var (line, contact) = message.Direction == Direction.In ? (message.To, message.From) : (message.From, message.To);
        var shownLine = (line.Kind is AddressKind.Session or AddressKind.Lid ? head.Line : line).Value;
        var shownContact = ShownContact(head, contact, people).Value;
        return new MessageResource(
            message.Id,
            message.IsNamed ? message.ExternalId : null,
            head.ConversationId,
            message.SessionId,
            message.Sequence,
            message.Direction,
            message.Origin,
            Shown(message.Status),
            message.Direction == Direction.In ? shownContact : shownLine,
            message.Direction == Direction.In ? shownLine : shownContact,
            message.Author is { IsKnown: true } author ? people.Shown(author).Value : null,
            AuthorName(message, people),
            content.Type,
            content.RawType,
            MessageView.Text(message),
            content.Media is { } media ? Render(message.Id, media) : null,
            content.Location is { } place ? new LocationResource(place.Latitude, place.Longitude, place.Name, place.Address) : null,
            [.. content.Contacts.Select(card => new ContactCardResource(card.Name, card.PhoneNumbers))],
            content.Poll is { } poll ? Render(message, poll, people) : null,
            content.Interactive is { } menu
                ? new InteractiveResource(menu.Kind, menu.Title, menu.Footer, [.. menu.Options.Select(o => new ReplyResource(o.Id, o.Title))])
                : null,
            content.Reply is { } reply ? new ReplyResource(reply.Id, reply.Title) : null,
            content.QuotedMessageId,
            [.. content.Mentions.Select(mention => people.Shown(mention).Value)],
            content.Forwarded,
            content.Referral is { } ad
                ? new ReferralResource(ad.Title, ad.Body, ad.SourceUrl, ad.SourceType, ad.SourceId, ad.ClickId)
                : null,
            [.. MessageView.Reactions(message, people.Shown).Select(r => new ReactionResource(people.Shown(r.From).Value, r.Emoji!, r.At))],
            Edits(message),
            MessageView.EditedAt(message),
            message.DeletedAt,
            message.MergedFrom is { } from ? new MergedFromResource(from.ConversationId, from.Sequence) : null,
            message.RequestedTo,
            message.Metadata is { } metadata ? JsonSerializer.Deserialize<Dictionary<string, string>>(metadata, Json.Options) : null,
            message.RetryOf,
            message.ExpiresAt,
            message.Timestamp,
            message.CreatedAt,
            message.UpdatedAt,
            MessageView.SentAt(message),
            message.Times.DeliveredAt,
            message.Times.ReadAt,
            message.Times.FailedAt,
            Error(message));
    }

    public static ShownStatus Shown(MessageStatus status) => status switch
    {
        MessageStatus.Pending => ShownStatus.Pending,
        MessageStatus.Sent => ShownStatus.Sent,
        MessageStatus.Delivered => ShownStatus.Delivered,
        MessageStatus.Read => ShownStatus.Read,
        _ => ShownStatus.Failed,
    };

    private static Address ShownContact(ConversationHead head, Address contact, People people) => contact.Kind switch
    {
        AddressKind.Lid => head.Group ?? head.Contact?.Phone ?? people.Shown(contact),
        AddressKind.Session => head.ContactAddress,
        _ => contact,
    };

    private static string? AuthorName(Message message, People people) =>
        message.AuthorName
        ?? (message.Author is { IsKnown: true } author ? people.Find(e => e.Name, author.Phone, people.Shown(author), author.Lid) : null);

    /// <summary>A message that came already edited has no edit of its own to show but its text.</summary>
    private static IReadOnlyList<EditResource> Edits(Message message) =>
        message.Edits.IsEmpty && message.Content.Edited
            ? [new EditResource(message.Content.Text, message.Timestamp)]
            : [.. message.Edits.Select(edit => new EditResource(edit.Text, edit.At))];

    private static ErrorResource? Error(Message message) => message switch
    {
        { Error: { } error } => new ErrorResource(error.Code, error.Message),
        { Status: MessageStatus.OutcomeUnknown } => new ErrorResource(OutcomeUnknown, "Nobody knows whether the message went out."),
        _ => null,
    };

    private static MediaResource Render(Guid id, Media media) => new(
        $"/messages/{id}/media",
        media.Status,
        media.MimeType,
        media.FileName,
        media.Size,
        media.Seconds,
        media.Width,
        media.Height,
        media.Sha256);

    private static PollResource Render(Message message, Poll poll, People people) => new(
        poll.Name, [.. MessageView.Votes(message, people.Shown).Select(o => new PollOptionResource(o.Name, o.Votes))], poll.SelectableCount);
}
