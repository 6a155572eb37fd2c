using System.Collections.Frozen;
using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>How a key of <c>data.message</c> is read (webhooks, 6).</summary>
internal enum ContentKind
{
    /// <summary>A type that Parley does not read yet.</summary>
    Unsupported,
    Text,
    ExtendedText,
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    Location,
    LiveLocation,
    Contact,
    Contacts,
    Poll,
    Buttons,
    List,
    Template,
    Flow,
    ButtonsReply,
    ListReply,
    TemplateReply,
    FlowReply,
    System,
    Unavailable,
    Reaction,
    EncryptedReaction,
    Vote,
    Protocol,
    EncryptedEdit,
    EventResponse,

    /// <summary>Holds a message in its <c>message</c>.</summary>
    Wrapper,
    ViewOnceWrapper,
    EditedWrapper,

    /// <summary>Travels beside the content and is none.</summary>
    Companion,
    KeyDistribution,
}

internal static class ContentKinds
{
    private static readonly FrozenDictionary<string, ContentKind> Known = new Dictionary<string, ContentKind>(StringComparer.Ordinal)
    {
        ["conversation"] = ContentKind.Text,
        ["extendedTextMessage"] = ContentKind.ExtendedText,
        ["imageMessage"] = ContentKind.Image,
        ["videoMessage"] = ContentKind.Video,
        ["ptvMessage"] = ContentKind.Video,
        ["audioMessage"] = ContentKind.Audio,
        ["documentMessage"] = ContentKind.Document,
        ["stickerMessage"] = ContentKind.Sticker,
        ["locationMessage"] = ContentKind.Location,
        ["liveLocationMessage"] = ContentKind.LiveLocation,
        ["contactMessage"] = ContentKind.Contact,
        ["contactsArrayMessage"] = ContentKind.Contacts,
        ["pollCreationMessage"] = ContentKind.Poll,
        ["pollCreationMessageV2"] = ContentKind.Poll,
        ["pollCreationMessageV3"] = ContentKind.Poll,
        ["pollCreationMessageV5"] = ContentKind.Poll,
        ["buttonsMessage"] = ContentKind.Buttons,
        ["listMessage"] = ContentKind.List,
        ["templateMessage"] = ContentKind.Template,
        ["interactiveMessage"] = ContentKind.Flow,
        ["buttonsResponseMessage"] = ContentKind.ButtonsReply,
        ["listResponseMessage"] = ContentKind.ListReply,
        ["templateButtonReplyMessage"] = ContentKind.TemplateReply,
        ["interactiveResponseMessage"] = ContentKind.FlowReply,
        ["albumMessage"] = ContentKind.System,
        ["pinInChatMessage"] = ContentKind.System,
        ["keepInChatMessage"] = ContentKind.System,
        ["callLogMesssage"] = ContentKind.System,
        ["callLogMessage"] = ContentKind.System,
        ["call"] = ContentKind.System,
        ["requestPhoneNumberMessage"] = ContentKind.System,
        ["placeholderMessage"] = ContentKind.Unavailable,
        ["reactionMessage"] = ContentKind.Reaction,
        ["encReactionMessage"] = ContentKind.EncryptedReaction,
        ["pollUpdateMessage"] = ContentKind.Vote,
        ["protocolMessage"] = ContentKind.Protocol,
        ["secretEncryptedMessage"] = ContentKind.EncryptedEdit,
        ["encEventResponseMessage"] = ContentKind.EventResponse,
        ["viewOnceMessage"] = ContentKind.ViewOnceWrapper,
        ["viewOnceMessageV2"] = ContentKind.ViewOnceWrapper,
        ["viewOnceMessageV2Extension"] = ContentKind.ViewOnceWrapper,
        ["editedMessage"] = ContentKind.EditedWrapper,
        ["ephemeralMessage"] = ContentKind.Wrapper,
        ["documentWithCaptionMessage"] = ContentKind.Wrapper,
        ["lottieStickerMessage"] = ContentKind.Wrapper,
        ["groupMentionedMessage"] = ContentKind.Wrapper,
        ["botInvokeMessage"] = ContentKind.Wrapper,
        ["botTaskMessage"] = ContentKind.Wrapper,
        ["deviceSentMessage"] = ContentKind.Wrapper,
        ["associatedChildMessage"] = ContentKind.Wrapper,
        ["groupStatusMessage"] = ContentKind.Wrapper,
        ["groupStatusMessageV2"] = ContentKind.Wrapper,
        ["pollCreationMessageV4"] = ContentKind.Wrapper,
        ["questionMessage"] = ContentKind.Wrapper,
        ["spoilerMessage"] = ContentKind.Wrapper,
        ["commentMessage"] = ContentKind.Unsupported,
        ["richResponseMessage"] = ContentKind.Unsupported,
        ["messageContextInfo"] = ContentKind.Companion,
        ["contextInfo"] = ContentKind.Companion,
        ["quoted"] = ContentKind.Companion,
        ["senderKeyDistributionMessage"] = ContentKind.KeyDistribution,
        ["fastRatchetKeySenderKeyDistributionMessage"] = ContentKind.KeyDistribution,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether an object holds a message in its <c>message</c>, as all of WhatsApp's wrappers do.</summary>
    /// <remarks>A protocol message is none: what wraps one is a note of its own (of a mention in a story, say).</remarks>
    public static bool IsWrapper(JsonElement value)
    {
        if (value.Get("message"u8) is not { ValueKind: JsonValueKind.Object } message)
        {
            return false;
        }

        foreach (var member in message.EnumerateObject())
        {
            if (TryFind(member.Name, out var kind) && kind is not (ContentKind.Protocol or ContentKind.Companion or ContentKind.KeyDistribution))
            {
                return true;
            }
        }

        return false;
    }

    public static bool TryFind(string key, out ContentKind kind) => Known.TryGetValue(key, out kind);
}
