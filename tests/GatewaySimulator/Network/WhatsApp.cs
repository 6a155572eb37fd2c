using System.Collections.Concurrent;

namespace Parley.GatewaySimulator.Network;

/// <summary>WhatsApp itself, in memory: who has it, which groups there are, and what it got from the gateway's lines.</summary>
public sealed class WhatsApp
{
    private readonly Lock _lock = new();
    private readonly List<Person> _people = [];
    private readonly List<Group> _groups = [];
    private readonly List<SentMessage> _sent = [];
    private readonly List<ReadMark> _reads = [];
    private readonly HashSet<string> _without = [];
    private readonly ConcurrentDictionary<string, string> _redirects = new(StringComparer.Ordinal);

    /// <summary>Whether a number that nobody told of has WhatsApp. As in the recordings it does.</summary>
    public bool UnknownNumbersExist { get; set; } = true;

    public IReadOnlyList<Person> People
    {
        get
        {
            lock (_lock)
            {
                return [.. _people];
            }
        }
    }

    public IReadOnlyList<Group> Groups
    {
        get
        {
            lock (_lock)
            {
                return [.. _groups];
            }
        }
    }

    /// <summary>All that lines sent, in the order in which it left.</summary>
    public IReadOnlyList<SentMessage> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>Messages that lines marked as read.</summary>
    public IReadOnlyList<ReadMark> Reads
    {
        get
        {
            lock (_lock)
            {
                return [.. _reads];
            }
        }
    }

    /// <param name="phone">Digits, as WhatsApp has them.</param>
    /// <param name="hiddenId">Digits; null = made from the phone.</param>
    public Person AddPerson(string phone, string name, string? hiddenId = null, bool withoutHiddenId = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(phone);
        var person = new Person(phone, withoutHiddenId ? null : hiddenId ?? HiddenIdOf(phone), name);
        lock (_lock)
        {
            _people.RemoveAll(each => each.Phone == phone);
            _people.Add(person);
        }

        return person;
    }

    public Group AddGroup(string id, string subject, params IReadOnlyList<Person> members)
    {
        var group = new Group(id, subject, members);
        lock (_lock)
        {
            _groups.RemoveAll(each => each.Id == id);
            _groups.Add(group);
        }

        return group;
    }

    /// <summary>The number has no WhatsApp.</summary>
    public void HasNoWhatsApp(string phone)
    {
        lock (_lock)
        {
            _without.Add(phone);
        }
    }

    /// <summary>From now on what is sent to one address goes to another: the gateway's wrong recipient.</summary>
    public void Redirect(string fromJid, string toJid) => _redirects[fromJid] = toJid;

    public Person? Find(string jid) => People.FirstOrDefault(each => each.Is(jid));

    public Group? FindGroup(string jid) => Groups.FirstOrDefault(each => each.GroupJid == jid);

    /// <summary>The person of an address, made up if nobody told of it.</summary>
    public Person FindOrAdd(string jid) =>
        Find(jid) ?? (Jid.IsHidden(jid) ? new Person("", Jid.User(jid), "") : AddPerson(Jid.User(jid), ""));

    /// <summary>Asks WhatsApp for an address.</summary>
    /// <param name="jid">As the gateway made it from a number.</param>
    /// <returns>The account's address; null when there is none.</returns>
    public string? Resolve(string jid)
    {
        if (_redirects.TryGetValue(jid, out var other))
        {
            return other;
        }

        if (Jid.IsGroup(jid))
        {
            return FindGroup(jid) is null ? null : jid;
        }

        if (Jid.IsHidden(jid))
        {
            return jid;
        }

        var user = Jid.User(jid);
        var known = PhoneVariants.Of(user).Select(each => Find(Jid.Phone(each))).FirstOrDefault(each => each is not null);
        if (known is not null)
        {
            // A device is kept as it was given.
            return jid.Contains(':', StringComparison.Ordinal) ? jid : known.PhoneJid;
        }

        lock (_lock)
        {
            return user.Length > 0 && UnknownNumbersExist && !_without.Contains(user) ? jid : null;
        }
    }

    internal void Add(SentMessage message)
    {
        lock (_lock)
        {
            _sent.Add(message);
        }
    }

    internal void Add(ReadMark mark)
    {
        lock (_lock)
        {
            _reads.Add(mark);
        }
    }

    /// <summary>Fifteen digits that are no phone.</summary>
    internal static string HiddenIdOf(string phone) => "1" + phone.PadLeft(14, '0')[^14..];
}

/// <summary>A line told a sender that a message was read.</summary>
public sealed record ReadMark(string Instance, string Chat, string Id);
