using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Storage.Contract;

/// <summary>Values that use every field there is.</summary>
public static class Samples
{
    public const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static MessageContent Media(string sha256 = Sha256) => new()
    {
        Type = MessageType.Image,
        Text = "look",
        Media = new Media { Status = MediaStatus.Stored, MimeType = "image/jpeg", Size = 4, Sha256 = sha256 },
    };

    /// <summary>A message in which nothing is left at its default.</summary>
    public static Message Full(Message message, DateTimeOffset now)
    {
        var stamp = new ChangeStamp(1, 2, "gw");
        var person = new Party(Address.Parse("5511987650001"), Address.Parse("100000000000011@lid"));
        var precise = now.AddTicks(1234567);
        return message with
        {
            Author = person,
            AuthorName = "Zoë \"quoted\" \u0001 👍🏽",
            Content = new MessageContent
            {
                Type = MessageType.Interactive,
                RawType = "interactiveMessage",
                Text = "é 中文 <b> & \\ \n",
                Media = new Media
                {
                    Status = MediaStatus.TooLarge,
                    MimeType = "audio/ogg; codecs=opus",
                    FileName = "a b.ogg",
                    Size = 5_000_000_000,
                    Seconds = 3,
                    Width = 1,
                    Height = 2,
                    Sha256 = Sha256,
                    VoiceNote = true,
                    Gif = true,
                },
                Location = new Location(-23.5505, -46.6333, "Sé", null),
                Contacts = [new ContactCard("Ana", ["+55 11 98765-0001"]), new ContactCard(null, [])],
                Poll = new Poll("Lunch?", ["yes", "no"], 1),
                Interactive = new Interactive("buttons", "T", null, [new MenuOption("1", "One"), new MenuOption(null, null)]),
                Reply = new MenuOption("1", "One"),
                QuotedMessageId = "3EB0FFFF",
                Mentions = [Address.Parse("100000000000012@lid"), Address.Parse("5511987650002")],
                Forwarded = true,
                Referral = new Referral("t", "b", "https://example.org", "ad", "1", "c"),
                ViewOnce = true,
                Edited = true,
            },
            CreatedAt = precise,
            UpdatedAt = precise.AddSeconds(1),
            Times = StatusTimes.None.With(MessageStatus.Read, precise).With(MessageStatus.Failed, precise),
            Error = new MessageError("gateway_refused", "No."),
            Reactions = [new Reaction(person, "👍", stamp, now), new Reaction(Party.Of(person.Lid!.Value), null, stamp, now)],
            Votes = [new Vote(person, ["yes"], stamp, now), new Vote(person, [], stamp, now)],
            Edits = [new Edit("before", stamp, now), new Edit(null, new ChangeStamp(null, null, "gw"), precise)],
            MergedFrom = new MergedFrom("a:b", 7),
            RequestedTo = "+55 (11) 98765-0001",
            Metadata = "{\"order\": \"é \\\"7\\\"\"}",
            RetryOf = new Guid("0190a8a4-5d6c-7f00-8000-0123456789ab"),
            ExpiresAt = precise.AddHours(1),
        };
    }
}
