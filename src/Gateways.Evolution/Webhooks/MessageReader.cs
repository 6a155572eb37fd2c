using System.Text.Json;
using Parley.Domain.Messages;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>One message object of messages.upsert, send.message or messages.set (webhooks, 5.1).</summary>
internal static class MessageReader
{
    public static void Read(JsonElement data, Findings findings)
    {
        if (!data.IsObject() || !data.Get("key"u8).IsObject())
        {
            findings.Quarantine("unreadable_message", "A message without a readable key.");
            return;
        }

        var key = MessageKey.Of(data.Get("key"u8), findings.Envelope).Or(data.Get("participant"u8));
        if (findings.Envelope.Kind == EventKind.History && Names.IsAddress(data.Get("pushName"u8)))
        {
            // WhatsApp's history names the author of a group's message beside the key. 2.3.x drops that but for the place of a missing name.
            key = key.Or(data.Get("pushName"u8));
        }

        switch (key.Chat)
        {
            case ChatKind.Story:
                findings.Ignore("status_story");
                return;
            case ChatKind.Newsletter:
                findings.Ignore("newsletter");
                return;
            case ChatKind.BroadcastList:
                // The recorded gateway's scenario wins over the general rule (recorded, 1.8.2/88): the message
                // shows in the direct chat on the phone, yet its address is a list and is no conversation.
                findings.Ignore("broadcast_list");
                return;
            case ChatKind.Unknown:
                findings.Quarantine("unknown_chat", "The message's chat address is missing or names nobody.");
                return;
            default:
                break;
        }

        if (key.Pair is { } pair)
        {
            findings.Add(pair);
        }

        ReadContent(data, key, findings);
    }

    private static void ReadContent(JsonElement data, MessageKey key, Findings findings)
    {
        var message = data.Get("message"u8);
        var content = Content.Of(message);
        if (content.Finding is Finding.None or Finding.KeysOnly)
        {
            ReadWithoutContent(data, key, content, findings);
            return;
        }

        if (content.Finding == Finding.Malformed)
        {
            findings.Quarantine("unreadable_message", "The content has a type that was not expected.");
            return;
        }

        switch (content.Kind)
        {
            case ContentKind.Reaction:
                Reactions.Read(data, key, content.Value, findings);
                break;
            case ContentKind.EncryptedReaction:
                findings.Quarantine("unreadable_reaction", "An encrypted reaction.");
                break;
            case ContentKind.Vote:
                Votes.ReadMessage(data, key, content.Value, findings);
                break;
            case ContentKind.Protocol when findings.Envelope.Kind == EventKind.History && Edits.WholeOf(content.Value) is ({ } id, var edited)
                && Content.Of(edited) is { Finding: Finding.Found } whole:
                ReadEdited(data, key with { Id = id }, edited, whole, findings);
                if (Edits.TimeOf(content.Value) is not null)
                {
                    // It may be later than an edit that is known.
                    Edits.ReadProtocol(content.Value, findings);
                }

                break;
            case ContentKind.Protocol:
                Edits.ReadProtocol(content.Value, findings);
                break;
            case ContentKind.EncryptedEdit:
                Edits.ReadEncrypted(data, content.Value, findings);
                break;
            case ContentKind.EventResponse:
                findings.Ignore("event_response");
                break;
            default:
                var info = ContextInfo.Of(data, content);
                Add(data, key, ContentOf(data, key, content, info), findings, MediaReader.DataOf(message, content), info.QuotesElsewhere);
                break;
        }
    }

    /// <summary>History has an edited message in the form of its edit, and nothing beside it.</summary>
    private static void ReadEdited(JsonElement data, MessageKey key, JsonElement edited, in Content content, Findings findings)
    {
        var info = ContextInfo.Of(data, content);
        Add(data, key, ContentOf(data, key, content, info) with { Edited = true }, findings, MediaReader.DataOf(edited, content), info.QuotesElsewhere);
    }

    private static void ReadWithoutContent(JsonElement data, MessageKey key, in Content content, Findings findings)
    {
        if (content.Finding == Finding.KeysOnly)
        {
            findings.Ignore("key_distribution");
        }
        else if (Requests.ContentOf(
            data.Get("message"u8), data.Get("messageType"u8).Text(), findings.Envelope.Kind == EventKind.SentMessage) is { } requested)
        {
            Add(data, key, requested, findings, requested.Media is null ? null : Requests.DataOf(data.Get("message"u8)));
        }
        else
        {
            findings.Quarantine("no_content", "A message without content, or with nothing but metadata.");
        }
    }

    private static MessageContent ContentOf(JsonElement data, MessageKey key, in Content content, ContextInfo info)
    {
        var read = ContentReader.Of(content);
        if (content.Kind == ContentKind.Text && !key.FromMe && IsMenuAnswer(data.Get("messageType"u8)))
        {
            read = Replies.Label(read.Text ?? "");
        }

        return read with
        {
            QuotedMessageId = info.Quoted ?? Requests.QuotedBy(content.Holder),
            Mentions = info.Mentions,
            Forwarded = info.Forwarded,
            Referral = info.Referral,
            ViewOnce = read.ViewOnce || content.ViewOnce,
            Edited = content.Edited,
        };
    }

    /// <summary>Answers to menus come from the Cloud API as plain text, told only by the type's name (webhooks, 5.1).</summary>
    private static bool IsMenuAnswer(JsonElement messageType) =>
        messageType.ValueKind == JsonValueKind.String
        && (messageType.ValueEquals("interactiveMessage"u8) || messageType.ValueEquals("buttonMessage"u8));

    private static void Add(
        JsonElement data, MessageKey key, MessageContent content, Findings findings, string? mediaData, bool quotesElsewhere = false)
    {
        if (key.Id is null)
        {
            findings.Quarantine("unreadable_message", "A message without an id.");
            return;
        }

        var envelope = findings.Envelope;
        findings.Add(new MessageObserved
        {
            ExternalId = key.Id,
            FromMe = key.FromMe,
            Group = key.Group,
            Peer = key.Peer,
            Author = key.Author,
            AuthorName = NameOf(data, key, envelope),
            Content = envelope.Kind == EventKind.Sync && StoredRows.IsEdited(data) ? content with { Edited = true } : content,
            Timestamp = TimestampOf(data, envelope),
            Status = StatusOf(data, key, envelope),
            ByApi = envelope.Kind == EventKind.SentMessage,
            Origin = envelope.Kind switch
            {
                EventKind.History => MessageOrigin.History,
                EventKind.Sync => MessageOrigin.Sync,
                _ => MessageOrigin.Live,
            },
            MediaData = mediaData,
            QuotesElsewhere = quotesElsewhere,
        });
    }

    /// <summary>The message's own time, Unix milliseconds.</summary>
    public static long? TimeOf(JsonElement data) =>
        data.Get("messageTimestamp"u8).Milliseconds() ?? data.Get("message"u8, "messageTimestamp"u8).Milliseconds();

    /// <remarks>
    /// A message's timestamp is the gateway's, never a local clock's, since it must be the same for every delivery:
    /// the time of receipt stands in only where the payload has no sane time at all.
    /// </remarks>
    private static DateTimeOffset TimestampOf(JsonElement data, Envelope envelope) => envelope.At(TimeOf(data) ?? envelope.SentMs);

    private static string? NameOf(JsonElement data, MessageKey key, Envelope envelope) =>
        IsOwn(key, envelope) ? null : Names.Of(data.Get("pushName"u8));

    /// <remarks>
    /// An inbound message cannot have failed: there the word says nothing. Nor does it of an own message that the
    /// gateway takes for an inbound one (webhooks, 8, generation 2): it is the default of those.
    /// </remarks>
    private static MessageStatus? StatusOf(JsonElement data, MessageKey key, Envelope envelope) =>
        (envelope.Kind == EventKind.Sync ? StoredRows.StatusOf(data) : Statuses.Of(data.Get("status"u8))) is { } status
        && (key.FromMe || (status != MessageStatus.Failed && !IsOwn(key, envelope)))
            ? status
            : null;

    private static bool IsOwn(MessageKey key, Envelope envelope) => key.FromMe || key.Author?.Is(envelope.Line) == true;
}
