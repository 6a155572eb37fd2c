namespace Parley.Domain.Messages;

/// <summary>Which of two readings of one message is the better: readable over unreadable, unedited over edited, fuller over emptier.</summary>
/// <remarks>Gateways deliver one message in several ways (webhook, history, their own echo) that do not always read alike. This is a total
/// order, so every order of arrival ends in the same content. The type comes first: it is all that a deleted message keeps.</remarks>
internal static class ContentOrder
{
    /// <summary>The better content, with what the other adds: bytes that are kept, and what it quotes.</summary>
    public static MessageContent Better(MessageContent kept, MessageContent other)
    {
        var better = Compare(other, kept) > 0 ? other : kept;
        var media = Compare(other.Media, kept.Media) > 0 ? other.Media : kept.Media;
        var quoted = Greater(kept.QuotedMessageId, other.QuotedMessageId);
        return better.Media == media && better.QuotedMessageId == quoted ? better : better with { Media = media, QuotedMessageId = quoted };
    }

    /// <summary>What remains of a deleted message: its type, and what it quoted.</summary>
    public static MessageContent Remains(MessageContent content) => new()
    {
        Type = content.Type,
        RawType = content.RawType,
        QuotedMessageId = content.QuotedMessageId,
    };

    /// <summary>As <see cref="Better"/>, of a message that is deleted.</summary>
    /// <param name="kept">What remains of it.</param>
    public static MessageContent BetterRemains(MessageContent kept, MessageContent other)
    {
        var better = CompareTypes(other, kept) > 0 ? Remains(other) : kept;
        var quoted = Greater(kept.QuotedMessageId, other.QuotedMessageId);
        return better.QuotedMessageId == quoted ? better : better with { QuotedMessageId = quoted };
    }

    private static string? Greater(string? one, string? other) => string.CompareOrdinal(one, other) >= 0 ? one : other;

    private static int Compare(MessageContent one, MessageContent other)
    {
        if (ReferenceEquals(one, other))
        {
            return 0;
        }

        var order = CompareTypes(one, other);
        order = order != 0 ? order : other.Edited.CompareTo(one.Edited);
        order = order != 0 ? order : string.CompareOrdinal(one.Text, other.Text);
        order = order != 0 ? order : one.Forwarded.CompareTo(other.Forwarded);
        order = order != 0 ? order : one.ViewOnce.CompareTo(other.ViewOnce);
        order = order != 0 ? order : string.CompareOrdinal(Text(one.Mentions), Text(other.Mentions));
        order = order != 0 ? order : string.CompareOrdinal(one.Reply?.ToString(), other.Reply?.ToString());
        order = order != 0 ? order : string.CompareOrdinal(one.Referral?.ToString(), other.Referral?.ToString());
        order = order != 0 ? order : string.CompareOrdinal(one.Location?.ToString(), other.Location?.ToString());
        order = order != 0 ? order : string.CompareOrdinal(Text(one.Poll), Text(other.Poll));
        order = order != 0 ? order : string.CompareOrdinal(Text(one.Interactive), Text(other.Interactive));
        return order != 0 ? order : string.CompareOrdinal(
            Text(one.Contacts.Select(static c => $"{c.Name}:{Text(c.PhoneNumbers)}")),
            Text(other.Contacts.Select(static c => $"{c.Name}:{Text(c.PhoneNumbers)}")));
    }

    private static int CompareTypes(MessageContent one, MessageContent other)
    {
        var order = Rank(one.Type).CompareTo(Rank(other.Type));
        order = order != 0 ? order : one.Type.CompareTo(other.Type);
        return order != 0 ? order : string.CompareOrdinal(one.RawType, other.RawType);
    }

    /// <summary>Bytes that are kept stay, whatever a later delivery says of them.</summary>
    private static int Compare(Media? one, Media? other)
    {
        if (one is null || other is null || one == other)
        {
            return (one is not null).CompareTo(other is not null);
        }

        var order = Rank(one.Status).CompareTo(Rank(other.Status));
        return order != 0 ? order : string.CompareOrdinal(one.ToString(), other.ToString());
    }

    private static int Rank(MessageType type) => type switch
    {
        MessageType.Unavailable => 0,
        MessageType.Unsupported => 1,
        _ => 2,
    };

    private static int Rank(MediaStatus status) => status switch
    {
        MediaStatus.Pending => 0,
        MediaStatus.Expired => 1,
        MediaStatus.TooLarge => 2,
        _ => 3,
    };

    private static string? Text(Poll? poll) => poll is null ? null : $"{poll.Name}:{poll.SelectableCount}:{Text(poll.Options)}";

    private static string? Text(Interactive? menu) =>
        menu is null ? null : $"{menu.Kind}:{menu.Title}:{menu.Footer}:{Text(menu.Options)}";

    private static string Text<T>(IEnumerable<T> items) => string.Join('\n', items);
}
