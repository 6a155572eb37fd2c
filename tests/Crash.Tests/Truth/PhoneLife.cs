using System.Globalization;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.Truth;

/// <summary>What people, and the line's owner, do on their phones.</summary>
internal sealed class PhoneLife(TruthLine line, Random random)
{
    private static readonly string[] Emojis = ["👍", "🎉", "😀"];
    private readonly List<Written> _written = [];
    private int _number;

    public async Task Live(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Act();
            await Task.Delay(random.Next(40, 250), CancellationToken.None);
        }
    }

    private void Act()
    {
        switch (random.Next(100))
        {
            case < 30:
                Note(Write(Person(), group: null));
                break;
            case < 41:
                Note(Write(Person(), line.Group));
                break;
            case < 54:
                Note(OwnerWrites(random.Next(4) == 0 ? line.Group : null));
                break;
            case < 64:
                Edit();
                break;
            case < 70:
                Delete();
                break;
            case < 79:
                React();
                break;
            case < 86:
                Vote();
                break;
            case < 96:
                Read();
                break;
            default:
                if (Any(static w => true) is { } again && line.Instance.Messages.Find(again.Id) is not null)
                {
                    line.Instance.Phone.DeliverAgain(again.Id);
                }

                break;
        }
    }

    private Written Write(Person from, Group? group)
    {
        var text = NewText(group is null ? "in" : "group");
        var (picture, poll) = Kind();
        var quotes = random.Next(6) == 0 ? Any(w => w.Group == group && (group is not null || w.Peer == from))?.Id : null;
        var id = line.Instance.Phone.Write(from, Saying(text, picture, poll), Addressing(from), group, quotes);
        return new Written(id, from, group is null ? from : null, group, text, quotes, picture, poll);
    }

    private Written OwnerWrites(Group? group)
    {
        var peer = group is null ? Person() : null;
        var text = NewText("own");
        var (picture, poll) = Kind();
        var id = line.Instance.Phone.OwnerWrites(peer, Saying(text, picture, poll), peer is null ? default : Addressing(peer), group);
        return new Written(id, Author: null, peer, group, text, Picture: picture, Poll: poll);
    }

    // In groups no version tells of edits by whom.
    private void Edit()
    {
        if (Any(static w => w is { Group: null, Poll: null }) is not { } written)
        {
            return;
        }

        var text = NewText("edited");
        written.Edits.Add(text);
        if (written.Author is { } author)
        {
            line.Instance.Phone.Edit(author, written.Id, text, Addressing(author));
        }
        else
        {
            line.Instance.Phone.OwnerEdits(written.Peer!, written.Id, text, Addressing(written.Peer!));
        }
    }

    private void Delete()
    {
        if (Any(static w => w.Author is not null || w.Group is null) is not { } written)
        {
            return;
        }

        written.Deleted = true;
        if (written.Author is { } author)
        {
            line.Instance.Phone.Delete(author, written.Id, Addressing(author), written.Group);
        }
        else
        {
            line.Instance.Phone.OwnerDeletes(written.Peer!, written.Id, Addressing(written.Peer!));
        }
    }

    private void React()
    {
        if (Any(static w => true) is not { } written || line.Instance.Messages.Find(written.Id) is null)
        {
            return;
        }

        var emoji = random.Next(5) == 0 ? "" : Emojis[random.Next(Emojis.Length)];

        // What others wrote is reacted to by calls: nobody could tell in which order the owner did both.
        if (written is { Author: null, Peer: { } peer } && random.Next(3) == 0)
        {
            line.Instance.Phone.OwnerReacts(peer, written.Id, emoji, Addressing(peer));
            return;
        }

        var person = written.Peer ?? Person();
        line.Instance.Phone.React(person, written.Id, emoji, Addressing(person), written.Group);
    }

    /// <summary>In polls that were written on a phone, and in those that Parley sent.</summary>
    private void Vote()
    {
        if (random.Next(2) == 0)
        {
            if (Any(static w => w.Poll is not null) is { } written)
            {
                Vote(written.Peer ?? Person(), written.Id, written.Poll!, written.Group);
            }

            return;
        }

        var sent = line.Simulated.WhatsApp.Sent.Where(static s => s.Content is PollContent).TakeLast(5).ToList();
        if (sent.Count > 0)
        {
            var poll = sent[random.Next(sent.Count)];
            var group = poll.To == line.Group.GroupJid ? line.Group : null;
            Vote(group is null ? line.Simulated.WhatsApp.Find(poll.To)! : Person(), poll.Id, ((PollContent)poll.Content!).Options, group);
        }
    }

    private void Vote(Person voter, string poll, IReadOnlyList<string> options, Group? group) =>
        line.Instance.Phone.Vote(voter, poll, Polls.Choose(options, random), Addressing(voter), group);

    private void Read()
    {
        if (random.Next(2) == 0)
        {
            if (Any(static w => w.Author is not null && w.Group is null) is { } inbound)
            {
                line.Instance.Phone.OwnerReads(inbound.Id);
            }

            return;
        }

        var sent = line.Simulated.WhatsApp.Sent.Where(static s => s.Type is "conversation" or "extendedTextMessage" or "imageMessage" or "pollCreationMessageV3").ToList();
        if (sent.Count > 0)
        {
            line.Instance.Receipts.Tell(sent[random.Next(sent.Count)].Id, "READ");
        }
    }

    private Written? Any(Func<Written, bool> condition)
    {
        var some = _written.TakeLast(40).Where(w => !w.Deleted && condition(w)).ToList();
        return some.Count == 0 ? null : some[random.Next(some.Count)];
    }

    private void Note(Written written)
    {
        _written.Add(written);
        line.Written[written.Id] = written;
    }

    private (byte[]? Picture, IReadOnlyList<string>? Poll) Kind() => random.Next(10) switch
    {
        < 2 => (Pictures.New(random), null),
        2 => (null, Polls.New(random)),
        _ => default,
    };

    private static Content Saying(string text, byte[]? picture, IReadOnlyList<string>? poll) =>
        picture is not null ? new MediaContent(MediaKind.Image, picture, Pictures.MimeType) { Caption = text }
        : poll is not null ? new PollContent(text, poll, poll.Count)
        : new TextContent(text);

    private Person Person() => line.People[random.Next(line.People.Count)];

    // The first person is known by the phone alone, the last is at first known by the hidden id alone.
    private Addressing Addressing(Person person) => (line.People.ToList().IndexOf(person), random.Next(3)) switch
    {
        (0, _) => default,
        (3, _) when _number < 40 => GatewaySimulator.Network.Addressing.HiddenIdOnly,
        (_, 0) => GatewaySimulator.Network.Addressing.HiddenId,
        (_, 1) when line.IsV1 is false => GatewaySimulator.Network.Addressing.HiddenIdOnly,
        _ => default,
    };

    private string NewText(string kind) => $"{kind} {line.SessionId} {(++_number).ToString(CultureInfo.InvariantCulture)}.";
}
