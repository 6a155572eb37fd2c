using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

/// <summary>Deliveries and changes drawn from domains so small that they collide all the time.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly Address Line = Address.Parse("5511900000009");
    public static readonly Address LineAsSession = Address.OfSession("shop");

    private static readonly Address AnaPhone = Address.Parse("5511987650001");
    private static readonly Address AnaOtherSpelling = Address.Parse("551187650001");
    private static readonly Address AnaLid = Address.Parse("100000000000011@lid");
    private static readonly Address BobLid = Address.Parse("100000000000012@lid");

    private static readonly Party[] People =
    [
        new(AnaPhone, null), new(AnaOtherSpelling, null), new(null, AnaLid), new(AnaPhone, AnaLid), new(null, BobLid), Party.Of(Line),
    ];

    private static readonly string?[] Names = [null, "Ana", "Ana B."];
    private static readonly string?[] Texts = ["a", "b", null];
    private static readonly string?[] Emojis = [null, "👍", "❤"];
    private static readonly string?[] Gateways = ["one", "two"];
    private static readonly ImmutableArray<string>[] Choices = [[], ["tea"], ["coffee", "tea"]];
    private static readonly Media Pending = new() { Status = MediaStatus.Pending, MimeType = "image/jpeg", Size = 9 };
    private static readonly Media Stored = Pending with { Status = MediaStatus.Stored, Sha256 = new string('a', 64), Size = 10 };

    private static readonly MessageContent[] Contents =
    [
        new() { Type = MessageType.Unavailable, RawType = "viewOnceMessageV2" },
        new() { Type = MessageType.Unsupported, RawType = "eventMessage", Text = "party" },
        new() { Type = MessageType.Image, Text = "photo", Media = Pending },
        new() { Type = MessageType.Image, Text = "photo", Media = Stored },
        new() { Type = MessageType.Image, Text = "photo", Media = Pending, QuotedMessageId = "Q1" },
        new() { Type = MessageType.Image, Text = "photo", Media = Pending, Mentions = [BobLid] },
        new() { Type = MessageType.Image, Text = "better photo", Media = Stored, Edited = true },
        new() { Type = MessageType.Image, Text = "best photo", Media = Pending, Edited = true },
    ];

    /// <summary>The best address of a person, when all is known of whom a hidden id belongs to.</summary>
    public static Address Resolve(Party party) => party.Phone ?? (party.Lid == AnaLid ? AnaPhone : party.Lid!.Value);

    public static IncomingMessage Delivery(Random random, Direction direction, string externalId = "M1", string sessionId = "shop")
    {
        var line = Pick(random, [Line, LineAsSession]);
        var contact = Pick(random, [AnaPhone, AnaOtherSpelling, AnaLid]);
        var inbound = direction == Direction.In;
        return new IncomingMessage
        {
            ExternalId = externalId,
            Direction = direction,
            Origin = Pick(random, [MessageOrigin.History, MessageOrigin.Sync, MessageOrigin.Live]),
            Status = inbound ? Pick(random, [MessageStatus.Delivered, MessageStatus.Delivered, MessageStatus.Read]) : AnyStatus(random),
            SessionId = sessionId,
            From = inbound ? contact : line,
            To = inbound ? line : contact,
            Author = inbound && random.Next(2) == 0 ? Pick<Party>(random, People.AsSpan(0, 4)) : null,
            AuthorName = inbound ? Pick(random, Names) : null,
            Content = Pick(random, Contents),
            Timestamp = Start.AddSeconds(random.Next(3)),
            ReceivedAt = Start.AddSeconds(10 + random.Next(5)),
        };
    }

    public static MessageChange Change(Random random, string externalId = "M1")
    {
        var stamp = new ChangeStamp(
            Maybe(random, 4), Maybe(random, 4), Pick(random, Gateways)!);
        var at = stamp.SentMs is { } sent ? DateTimeOffset.FromUnixTimeMilliseconds(sent) : Start.AddSeconds(10 + random.Next(5));
        return random.Next(12) switch
        {
            < 4 => new StatusChange
            {
                TargetId = externalId,
                Stamp = stamp,
                At = Start.AddSeconds(random.Next(6)),
                Status = AnyStatus(random),
                Error = Pick(random, [null, new MessageError("blocked", null), new MessageError("gone", "No such number.")]),
            },
            < 7 => new EditChange { TargetId = externalId, Stamp = stamp, At = at, Text = Pick(random, Texts) },
            7 => new DeletionChange { TargetId = externalId, Stamp = stamp, At = at },
            < 10 => new ReactionChange { TargetId = externalId, Stamp = stamp, At = at, From = Pick(random, People), Emoji = Pick(random, Emojis) },
            _ => new VoteChange { TargetId = externalId, Stamp = stamp, At = at, From = Pick(random, People), Options = Pick(random, Choices) },
        };
    }

    public static ChangeStamp Stamp(Random random, string gateway) => new(Maybe(random, 4), Maybe(random, 4), gateway);

    public static T Pick<T>(Random random, ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    private static long? Maybe(Random random, int below) => random.Next(3) == 0 ? null : random.Next(1, below);

    private static MessageStatus AnyStatus(Random random) => (MessageStatus)random.Next(6);
}
