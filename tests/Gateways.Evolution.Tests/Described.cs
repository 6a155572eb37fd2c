using System.Globalization;
using System.Text;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Readings in one line an observation, to write expectations that people can check.</summary>
internal static class Described
{
    public static readonly DateTimeOffset ReceivedAt = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static IEnumerable<string> Lines(WebhookReading reading) => reading.Items.Select(item => Line(item.Observation));

    public static string Line(Observation observation) => observation switch
    {
        IgnoredObserved ignored => $"ignored {ignored.Reason}",
        NotUnderstood unknown => $"quarantine {unknown.Code}",
        PairObserved { Pair: var pair } => $"pair {pair.Lid} {pair.Phone}",
        NameObserved name => $"name {name.Address} '{name.Name}' {name.PictureUrl?[..Math.Min(30, name.PictureUrl.Length)]}".TrimEnd(),
        QrObserved => "qr",
        SessionObserved { Signal: var signal } => Joined("session", signal.Status, signal.Reason, signal.PhoneNumber),
        ChangeObserved { Change: var change } => Change(change),
        MessageObserved message => Message(message),
        _ => observation.ToString(),
    };

    private static string Change(MessageChange change)
    {
        var time = change.Stamp.SentMs is { } ms ? $"sent={ms}" : null;
        return change switch
        {
            StatusChange status => Joined("status", change.TargetId, status.Status, status.Error?.Code, time),
            EditChange edit => Joined("edit", change.TargetId, edit.Text is { } text ? $"'{text}'" : "unread", time),
            DeletionChange => Joined("deletion", change.TargetId, time),
            ReactionChange reaction => Joined("reaction", change.TargetId, $"'{reaction.Emoji}'", $"from={Who(reaction.From)}", time),
            VoteChange vote => Joined("vote", change.TargetId, $"[{string.Join(',', vote.Options)}]", $"from={Who(vote.From)}", time),
            _ => change.ToString(),
        };
    }

    private static string Message(MessageObserved message)
    {
        var content = message.Content;
        var at = message.Timestamp == ReceivedAt ? "received" : message.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Joined(
            message.FromMe ? "out" : "in",
            message.ExternalId,
            content.Type.ToString().ToLowerInvariant(),
            content.RawType,
            content.Text is { } text ? $"'{(text.Length > 40 ? text[..40] : text)}'" : null,
            message.Group is { } group ? $"group={group}" : null,
            message.Peer is { } peer ? $"peer={Who(peer)}" : null,
            message.Author is { } author ? $"author={Who(author)}" : null,
            message.AuthorName is { } name ? $"name={name}" : null,
            Media(content.Media),
            message.MediaData is null ? null : "data",
            content.QuotedMessageId is { } quoted ? $"quotes={quoted}" : null,
            content.Mentions.IsEmpty ? null : $"mentions={string.Join('+', content.Mentions)}",
            content.Forwarded ? "forwarded" : null,
            content.Referral is null ? null : "ad",
            content.ViewOnce ? "once" : null,
            content.Edited ? "edited" : null,
            message.Status?.ToString().ToLowerInvariant(),
            message.ByApi ? "api" : null,
            message.Origin == MessageOrigin.Live ? null : message.Origin.ToString().ToLowerInvariant(),
            $"at={at}");
    }

    private static string? Media(Media? media) => media is null
        ? null
        : $"media({Joined(
            media.MimeType,
            media.FileName,
            media.Size,
            media.Seconds is { } seconds ? $"{seconds}s" : null,
            media.Width is null ? null : $"{media.Width}x{media.Height}",
            media.VoiceNote ? "voice" : null,
            media.Gif ? "gif" : null)})";

    private static string Who(Party? party) => party is null ? "line" : string.Join('+', new[] { party.Phone?.Value, party.Lid?.Value }.OfType<string>());

    private static string Joined(params object?[] parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.OfType<object>())
        {
            text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{part}");
        }

        return text.ToString();
    }
}
