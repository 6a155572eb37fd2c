using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>What people, and the line's owner, do on their phones; and how the gateway tells it.</summary>
public sealed class PhoneSide
{
    private readonly Instance _instance;
    private readonly Lock _lock = new();
    private readonly List<Action> _backlog = [];

    internal PhoneSide(Instance instance) => _instance = instance;

    private SimulatedGateway Gateway => _instance.Gateway;

    private Dialect Dialect => Gateway.Dialect;

    /// <summary>A person writes a text.</summary>
    /// <returns>The message's id.</returns>
    public string Write(Person from, string text, Addressing addressing = Addressing.Phone, string? quotes = null) =>
        Write(from, new TextContent(text), addressing, quotes: quotes);

    /// <summary>A person writes, in a direct chat or in a group.</summary>
    /// <param name="quotes">The id of a message that it answers.</param>
    /// <param name="at">Now, if not said otherwise.</param>
    /// <returns>The message's id.</returns>
    public string Write(
        Person from,
        Content content,
        Addressing addressing = Addressing.Phone,
        Group? group = null,
        string? quotes = null,
        string? id = null,
        DateTimeOffset? at = null,
        string source = "android",
        IReadOnlyList<string>? mentions = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        return Deliver(new StoredMessage
        {
            Id = id ?? NewIds.Phone(source),
            FromMe = false,
            Peer = group is null ? from : null,
            Group = group,
            Author = group is null ? null : from,
            Addressing = addressing,
            PushName = from.Name,
            Content = content,
            Context = Quoting(quotes, mentions),
            Time = at ?? DateTimeOffset.UtcNow,
            Source = source,
        });
    }

    /// <summary>The owner types on the phone: it comes as an upsert from the line itself.</summary>
    /// <returns>The message's id.</returns>
    public string OwnerWrites(Person to, string text, Addressing addressing = Addressing.Phone) =>
        OwnerWrites(to, new TextContent(text), addressing);

    /// <inheritdoc cref="OwnerWrites(Person, string, Addressing)"/>
    public string OwnerWrites(
        Person? to,
        Content content,
        Addressing addressing = Addressing.Phone,
        Group? group = null,
        string? quotes = null,
        string? id = null,
        DateTimeOffset? at = null,
        string source = "android")
    {
        return Deliver(new StoredMessage
        {
            Id = id ?? NewIds.Phone(source),
            FromMe = true,
            Peer = group is null ? to : null,
            Group = group,
            Author = group is null ? null : _instance.Account ?? Gateway.WhatsApp.FindOrAdd(_instance.Sender!),
            Addressing = addressing,
            // A browser tells no name.
            PushName = source == "web" ? null : _instance.Account?.Name,
            Content = content,
            Context = Quoting(quotes, mentions: null),
            Time = at ?? DateTimeOffset.UtcNow,
            Source = source,
        });
    }

    /// <summary>WhatsApp delivers a message that the gateway has once more.</summary>
    public void DeliverAgain(string id)
    {
        var message = _instance.Messages.Find(id) ?? throw new KeyNotFoundException(id);
        WhenAlive(() => _instance.Events.Add(() => Tell(message)));
    }

    /// <summary>A person reacts to a message.</summary>
    /// <param name="emoji">Empty = takes it back.</param>
    /// <returns>The reaction's own id.</returns>
    public string React(Person from, string target, string emoji, Addressing addressing = Addressing.Phone, Group? group = null) =>
        Write(from, new ReactionContent(TargetKey(from, target, addressing, group), emoji, DateTimeOffset.UtcNow), addressing, group);

    /// <summary>The owner reacts on the phone.</summary>
    public string OwnerReacts(Person to, string target, string emoji, Addressing addressing = Addressing.Phone) =>
        OwnerWrites(to, new ReactionContent(TargetKey(to, target, addressing, group: null), emoji, DateTimeOffset.UtcNow), addressing);

    /// <summary>A person votes in a poll, once more or for the first time.</summary>
    /// <param name="chosen">All options that they now choose; empty = the vote is taken back.</param>
    /// <returns>The vote's own id; null = this version tells nothing of it.</returns>
    public string? Vote(
        Person from, string poll, IReadOnlyList<string> chosen, Addressing addressing = Addressing.Phone, Group? group = null, string? id = null) =>
        Dialect.TellsVotes
            ? Write(from, new VoteContent(TargetKey(from, poll, addressing, group), chosen, DateTimeOffset.UtcNow), addressing, group, id: id)
            : null;

    /// <summary>A person changes a text (or caption) that they wrote. The gateway need not know the message.</summary>
    /// <param name="extended">The new text comes in the form of replies and links.</param>
    public void Edit(Person from, string id, string text, Addressing addressing = Addressing.Phone, bool extended = false) =>
        Hand(new Change(from, FromMe: false, id, addressing), change => Edits.Tell(_instance, change, text, extended));

    /// <summary>The owner changes a message on the phone.</summary>
    public void OwnerEdits(Person to, string id, string text, Addressing addressing = Addressing.Phone) =>
        Hand(new Change(to, FromMe: true, id, addressing), change => Edits.Tell(_instance, change, text));

    /// <summary>A person deletes a message for everyone. The gateway need not know it.</summary>
    public void Delete(Person from, string id, Addressing addressing = Addressing.Phone, Group? group = null) =>
        Hand(new Change(from, FromMe: false, id, addressing, group), change => Deletions.Tell(_instance, change));

    /// <summary>The owner deletes a message for everyone on the phone.</summary>
    public void OwnerDeletes(Person to, string id, Addressing addressing = Addressing.Phone, Group? group = null) =>
        Hand(new Change(to, FromMe: true, id, addressing, group), change => Deletions.Tell(_instance, change));

    /// <summary>The owner reads a message on the phone. v1 tells nothing of it.</summary>
    public void OwnerReads(string id)
    {
        if (!Dialect.IsV1)
        {
            _instance.Receipts.Tell(id, "READ");
        }
    }

    /// <summary>The phone hands over what it has from before the pairing: <c>messages.set</c>, newest first.</summary>
    public void HandOverHistory(IReadOnlyList<StoredMessage> messages)
    {
        WhenAlive(() => _instance.Events.Add(() =>
        {
            foreach (var message in messages.Where(_ => Gateway.Options.SavesMessages))
            {
                _instance.Messages.Add(message);
            }

            var newestFirst = messages.OrderByDescending(each => each.Time).Select(each => (JsonNode)MessageWriter.Upsert(_instance, each));
            _ = _instance.Post("messages.set", new JsonArray([.. newestFirst]));
        }));
    }

    /// <summary>A person types, records, or stops to.</summary>
    /// <param name="presence"><c>composing</c>, <c>recording</c>, <c>paused</c>, <c>available</c>, <c>unavailable</c>.</param>
    public void ShowPresence(Person from, string presence, Addressing addressing = Addressing.HiddenId)
    {
        ArgumentNullException.ThrowIfNull(from);
        var jid = addressing == Addressing.Phone || from.HiddenJid is null ? from.PhoneJid : from.HiddenJid;
        WhenAlive(() => _ = _instance.Post("presence.update", new JsonObject
        {
            ["id"] = jid,
            ["presences"] = new JsonObject { [jid] = new JsonObject { ["lastKnownPresence"] = presence } },
        }));
    }

    /// <summary>Any event of the gateway, as given.</summary>
    public Task Raise(string eventName, JsonNode? data) => _instance.Post(eventName, data);

    /// <summary>What came while it was away.</summary>
    internal void DeliverBacklog()
    {
        lock (_lock)
        {
            _backlog.ForEach(static deliver => deliver());
            _backlog.Clear();
        }
    }

    private void Hand(Change change, Func<Change, Task> tell) => WhenAlive(() => _instance.Events.Add(() => tell(change)));

    // WhatsApp keeps what a device that is away did not get, and hands nothing over before that.
    private void WhenAlive(Action deliver)
    {
        lock (_lock)
        {
            if (_instance.Connection.IsAlive && _backlog.Count == 0)
            {
                deliver();
            }
            else
            {
                _backlog.Add(deliver);
            }
        }
    }

    private string Deliver(StoredMessage message)
    {
        WhenAlive(() => _instance.Events.Add(() =>
        {
            if (message.Group is not null && InstanceSettings.IgnoresGroups(_instance))
            {
                return;
            }

            if (!_instance.Messages.IsNew(message.Id) && Dialect.DropsRepetitions)
            {
                return;
            }

            if (message.Content is VoteContent vote && _instance.Messages.Find(vote.Poll.Id)?.Content is not PollContent)
            {
                message.Content = vote with { IsRead = false };
            }

            if (Gateway.Options.SavesMessages)
            {
                _instance.Messages.Add(message);
            }

            Tell(message);
        }));
        return message.Id;
    }

    private void Tell(StoredMessage message)
    {
        _ = _instance.Post("messages.upsert", MessageWriter.Upsert(_instance, message));
        if (message.Content is not (ReactionContent or VoteContent))
        {
            ChatEvents.Tell(_instance, message);
        }
    }

    private MessageContext Quoting(string? id, IReadOnlyList<string>? mentions)
    {
        var quoted = id is null ? null : _instance.Messages.Find(id);
        var author = quoted is null ? null
            : quoted.FromMe ? _instance.Account?.PhoneJid
            : (quoted.Author ?? quoted.Peer)?.PhoneJid;
        return new MessageContext(id, author, quoted?.Content, QuotedChat: null, mentions ?? []);
    }

    private MessageKey TargetKey(Person peer, string target, Addressing addressing, Group? group)
    {
        var known = _instance.Messages.Find(target);
        var chat = group?.GroupJid
            ?? (addressing == Addressing.Phone || peer.HiddenJid is null ? peer.PhoneJid : peer.HiddenJid);
        return new MessageKey(chat, known?.FromMe ?? false, target, group is null ? null : known?.Author?.PhoneJid);
    }
}
