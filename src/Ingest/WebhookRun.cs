using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>One body on its way to the grains. It can be run again after a failure: what was done is not done twice.</summary>
/// <param name="mediaSpace">In whose name the body's media were stored; null = nobody's.</param>
internal sealed class WebhookRun(
    IntakeServices services, WebhookOwner owner, WebhookReading reading, DateTimeOffset receivedAt, bool replayed, string? mediaSpace)
{
    private readonly ItemResult?[] _results = new ItemResult?[reading.Items.Count];

    /// <summary>Messages that quote, until what they quote was looked for.</summary>
    private readonly List<RoutedMessage> _quoting = [];

    /// <summary>Of a gateway's webhook known only when its instance was looked for.</summary>
    private string _tenantId = owner.TenantId ?? "";

    /// <summary>Parts count as kept aside of what no tenant had when it was looked for.</summary>
    private bool _isUnowned;

    private enum ItemResult
    {
        Accepted,
        Duplicate,
        Ignored,
        Quarantined,
    }

    public IntakeCounts Counts => new(Count(ItemResult.Accepted), Count(ItemResult.Duplicate), Count(ItemResult.Ignored), Count(ItemResult.Quarantined));

    /// <summary>How many messages and changes were new: names and pairs always count as accepted.</summary>
    public int News => Enumerable.Range(0, _results.Length)
        .Count(i => _results[i] == ItemResult.Accepted && reading.Items[i].Observation is (MessageObserved or ChangeObserved));

    /// <summary>Makes durable what is not yet.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        Ignore();
        if (!await FindOwner(cancellationToken))
        {
            return;
        }

        TenantContext.Set(_tenantId);
        await Quarantine(cancellationToken);

        var session = await ObserveSession(cancellationToken);
        var line = reading.Line ?? session.Line;
        var left = await Learn(line, session, cancellationToken);
        left |= await Keep(line, session, cancellationToken);
        await Change(line, session, cancellationToken);
        if (!replayed)
        {
            await services.Sessions.Touch(_tenantId, session, receivedAt, cancellationToken);
        }

        if (left)
        {
            await services.Work.Wake(_tenantId);
        }
    }

    /// <summary>Finds whose it is. What is nobody's, or not its sender's to say, is kept aside.</summary>
    /// <returns>False when all of it is kept aside.</returns>
    private async Task<bool> FindOwner(CancellationToken cancellationToken)
    {
        if (owner.GatewayId is { } gatewayId && !await FindTenant(gatewayId, cancellationToken))
        {
            _tenantId = WebhookOwner.SpaceOf(gatewayId);
            _isUnowned = true;
            await QuarantineAll(WebhookOwner.UnownedCode, "No tenant has this instance.", cancellationToken);

            // Kept first, then looked for once more: an adoption that passes by sees it, or is seen.
            if (!await FindTenant(gatewayId, cancellationToken))
            {
                return false;
            }
        }

        if (_isUnowned)
        {
            // Also when the run that kept it aside ended in between: what it kept may be claimed already, or never be.
            _isUnowned = false;
            Array.Clear(_results);
            Ignore();
        }

        if (!await services.Sessions.IsForeign(_tenantId, owner, reading.Instance, cancellationToken))
        {
            return true;
        }

        var code = owner.SessionId is null ? "taken_instance" : WebhookOwner.WrongInstanceCode;
        await QuarantineAll(code, "The instance is not one that this address serves.", cancellationToken);
        return false;
    }

    private async Task<bool> FindTenant(string gatewayId, CancellationToken cancellationToken)
    {
        var found = await services.Sessions.FindOwner(gatewayId, reading.Instance, cancellationToken);
        _tenantId = found ?? _tenantId;
        return found is not null;
    }

    private async Task QuarantineAll(string code, string detail, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _results.Length; i++)
        {
            if (_results[i] is null)
            {
                await Quarantine(i, code, detail, cancellationToken);
            }
        }
    }

    private void Ignore()
    {
        foreach (var (index, ignored) in Open<IgnoredObserved>())
        {
            _results[index] = ItemResult.Ignored;
            IntakeMetrics.Ignored.Add(1, new KeyValuePair<string, object?>("reason", ignored.Reason));
        }
    }

    private async Task Quarantine(CancellationToken cancellationToken)
    {
        foreach (var (index, part) in Open<NotUnderstood>())
        {
            await Quarantine(index, part.Code, part.Detail, cancellationToken);
        }
    }

    private async Task Quarantine(int index, string code, string detail, CancellationToken cancellationToken)
    {
        var payload = reading.PayloadOf(reading.Items[index].Element);
        await services.Quarantine.Add(
            new QuarantinedPayload(
                Guid.CreateVersion7(receivedAt), _tenantId, code, detail, reading.Instance, reading.Event, receivedAt, payload.Length, payload),
            cancellationToken);
        _results[index] = ItemResult.Quarantined;
        IntakeMetrics.Quarantined.Add(1, new KeyValuePair<string, object?>("code", code));
    }

    private async Task<Session> ObserveSession(CancellationToken cancellationToken)
    {
        var states = Open<SessionObserved>().ToList();
        var codes = Open<QrObserved>().Any();
        var signals = states
            .Select(s => s.Observation.Signal with { EnvelopeMs = reading.EnvelopeMs, ReceivedAt = receivedAt, Replayed = replayed })
            .Select(s => s.Status == SessionStatus.Connecting && codes && !replayed ? s with { QrExpiresAt = receivedAt + IntakeServices.QrLife } : s)
            .Select(s => s.Status == SessionStatus.Open ? s with { PhoneNumber = s.PhoneNumber ?? reading.Line } : s)
            .ToList();
        var traffic = new SessionSignal
        {
            PhoneNumber = reading.Line,
            OwnLid = OwnLid(reading.Line),
            EnvelopeMs = reading.EnvelopeMs,
            ReceivedAt = receivedAt,
            Replayed = replayed,
            Traffic = true,
        };
        var (session, told) = await services.Sessions.Observe(_tenantId, reading.Instance, signals, traffic, cancellationToken);
        await Qr(session, states.Count > 0, cancellationToken);
        foreach (var (index, _) in states)
        {
            _results[index] = ItemResult.Accepted;
        }

        if (told)
        {
            await services.Work.Wake(_tenantId);
        }

        return session;
    }

    /// <summary>A fresh code is kept until it expires; any other news of the state makes it void.</summary>
    private async Task Qr(Session session, bool hasState, CancellationToken cancellationToken)
    {
        var codes = Open<QrObserved>().ToList();
        if (codes.Count == 0 && (!hasState || (session.Status == SessionStatus.Connecting && reading.EnvelopeMs < session.QrEnvelopeMs)))
        {
            return;
        }

        // A gateway posts its webhooks side by side: this news may be older than the code that is shown.
        var expiresAt = receivedAt + IntakeServices.QrLife;
        if (session.Status != SessionStatus.Connecting)
        {
            // A code that came late belongs to a series that is over.
            await services.SessionStore.VoidQr(_tenantId, session.SessionId, DateTimeOffset.MaxValue, cancellationToken);
        }
        else if (codes.Count == 0 || replayed)
        {
            await services.SessionStore.VoidQr(_tenantId, session.SessionId, expiresAt, cancellationToken);
        }
        else
        {
            var code = codes[^1].Observation;
            await services.SessionStore.PutQr(
                _tenantId, session.SessionId, new SessionQr(code.Code, code.PairingCode, expiresAt), cancellationToken);
        }

        foreach (var (index, _) in codes)
        {
            _results[index] = ItemResult.Accepted;
        }
    }

    /// <summary>Pairs and names, before the messages that are routed by them.</summary>
    private async Task<bool> Learn(Address line, Session session, CancellationToken cancellationToken)
    {
        var pairs = Open<PairObserved>().ToList();
        var own = pairs.Count > 0 ? OwnAuthors() : [];
        var taught = pairs
            .Select(static p => p.Observation.Pair)
            .Where(pair => pair.Phone.Canonical != line.Canonical && pair.Phone.Canonical != session.PhoneNumber?.Canonical
                && !session.OwnLids.Contains(pair.Lid) && !own.Contains(pair.Lid) && !own.Contains(pair.Phone.Canonical));
        var left = await services.Routes.Learn(_tenantId, taught, cancellationToken);
        var names = Open<NameObserved>().ToList();
        await services.Names.Put(_tenantId, names.Select(static n => n.Observation), cancellationToken);
        foreach (var index in pairs.Select(static p => p.Index).Concat(names.Select(static n => n.Index)))
        {
            _results[index] = ItemResult.Accepted;
        }

        return left;
    }

    private async Task<bool> Keep(Address line, Session session, CancellationToken cancellationToken)
    {
        foreach (var (index, message) in Open<MessageObserved>())
        {
            if (message.Content.Text?.Length > services.Options.MostText)
            {
                await Quarantine(index, "text_too_long", "Its text is longer than any that WhatsApp sends.", cancellationToken);
            }
        }

        var left = await KeepMessages(line, session, cancellationToken);
        await LookForQuoted(line, session, cancellationToken);
        return left;
    }

    private async Task<bool> KeepMessages(Address line, Session session, CancellationToken cancellationToken)
    {
        var observed = Open<MessageObserved>().ToList();
        if (observed.Count == 0)
        {
            return false;
        }

        var lids = observed.Select(static m => m.Observation.Peer).Where(static p => p is { Phone: null, Lid: not null }).Select(static p => p!.Lid!.Value);
        var phones = await services.Routes.FindPhones(_tenantId, lids, cancellationToken);
        var messages = new List<RoutedMessage>(observed.Count);
        foreach (var (index, message) in observed)
        {
            messages.Add(await Settle(index, message, line, session, phones, cancellationToken));
        }

        await services.Names.Put(_tenantId, messages.Select(NameOf).OfType<NameObserved>(), cancellationToken);
        services.Groups.Add(_tenantId, session, messages.Select(static m => m.Group).OfType<Address>());
        var echoes = await services.Echoes.Park(_tenantId, line, messages, cancellationToken);
        foreach (var echo in echoes)
        {
            _results[echo.Item] = ItemResult.Accepted;
        }

        messages.RemoveAll(echoes.Contains);

        // Noted before they are kept: a run that ends in between is run again, and does not come to what is kept.
        _quoting.AddRange(messages.Where(m => m.Message.Content.QuotedMessageId is not null
            && reading.Items[m.Item].Observation is not MessageObserved { QuotesElsewhere: true }));
        var refused = new List<int>();
        var others = new List<int>();
        var left = messages.Count > 0 && await services.Messages.Keep(
            _tenantId,
            line,
            messages,
            (index, outcome) =>
            {
                if (outcome == ItemOutcome.Refused)
                {
                    refused.Add(index);
                }
                else if (outcome == ItemOutcome.OthersMessage)
                {
                    others.Add(index);
                }
                else
                {
                    _results[index] = Result(outcome);
                }
            },
            cancellationToken);
        foreach (var index in refused)
        {
            await Quarantine(index, "incident", "The store's unique index refused the message.", cancellationToken);
        }

        foreach (var index in others)
        {
            await Quarantine(index, "others_message", "A message of another person is kept under its id.", cancellationToken);
        }

        return left;
    }

    /// <summary>What is quoted must have been there: what nobody knows of it waits, as what comes before its message does.</summary>
    private async Task LookForQuoted(Address line, Session session, CancellationToken cancellationToken)
    {
        if (_quoting.Count == 0)
        {
            return;
        }

        var ids = _quoting.Select(static m => m.Message.Content.QuotedMessageId!).ToHashSet(StringComparer.Ordinal);
        var lookup = await services.Store.LookUp(_tenantId, ids, cancellationToken);
        ids.ExceptWith(lookup.Messages.Select(static m => m.ExternalId!));
        var changes = _quoting
            .Where(m => ids.Contains(m.Message.Content.QuotedMessageId!))
            .Select(m => new QuoteChange
            {
                TargetId = m.Message.Content.QuotedMessageId!,
                Stamp = new ChangeStamp(null, null, session.SessionId),
                At = receivedAt,
                Line = line,
                Chat = m.Group ?? m.Contact?.Best,
            })
            .DistinctBy(static c => c.TargetId, StringComparer.Ordinal)
            .ToList<MessageChange>();
        if (changes.Count > 0)
        {
            await services.Changes.Route(_tenantId, session.SessionId, changes, cancellationToken);
        }

        _quoting.Clear();
    }

    /// <summary>Settles direction, addresses and status of one delivery, and stores its media.</summary>
    private async Task<RoutedMessage> Settle(
        int index,
        MessageObserved message,
        Address line,
        Session session,
        IReadOnlyDictionary<Address, Address> phones,
        CancellationToken cancellationToken)
    {
        // Some gateways call an own message of a group foreign: the author tells.
        var isOwn = message.FromMe || (message.Author is { } author && IsOwn(author, line, session));
        var direction = isOwn ? Direction.Out : Direction.In;
        var contact = message.Peer;
        if (contact is { Phone: null, Lid: { } lid })
        {
            contact = session.OwnLids.Contains(lid) && session.PhoneNumber is { } number ? new Party(number, null)
                : phones.TryGetValue(lid, out var phone) ? new Party(phone, lid)
                : contact;
        }

        var other = message.Group ?? contact!.Best!.Value;
        var incoming = new IncomingMessage
        {
            ExternalId = message.ExternalId,
            Direction = direction,
            Origin = message.Origin,
            Status = StatusOf(message, direction),
            SessionId = session.SessionId,
            From = isOwn ? line : other,
            To = isOwn ? other : line,
            Author = isOwn ? null : message.Author,
            AuthorName = isOwn ? null : message.AuthorName,
            Content = await services.Media.Store(_tenantId, mediaSpace, message, cancellationToken),
            Timestamp = message.Timestamp,
            ReceivedAt = receivedAt,
            IsOnlyListed = direction == Direction.Out && message is { Status: null, Origin: not MessageOrigin.Live },
        };
        return new RoutedMessage(index, incoming, contact, message.Group);
    }

    private async Task Change(Address line, Session session, CancellationToken cancellationToken)
    {
        var changes = Open<ChangeObserved>().ToList();
        if (changes.Count == 0)
        {
            return;
        }

        var own = Party.Of(line);
        var settled = changes.ConvertAll(c => c.Observation.Change switch
        {
            ReactionChange { From: null } reaction => reaction with { From = own, Line = line },
            VoteChange { From: null } vote => vote with { From = own, Line = line },
            var change => change with { Line = line },
        });
        var outcomes = await services.Changes.Route(_tenantId, session.SessionId, settled, cancellationToken);
        for (var i = 0; i < changes.Count; i++)
        {
            _results[changes[i].Index] = outcomes[i] == ItemOutcome.NotHere ? ItemResult.Accepted : Result(outcomes[i]);
        }
    }

    /// <summary>Keeps in quarantine what could not be applied for a reason that is not the store's.</summary>
    /// <param name="fault">The kind of exception.</param>
    public async Task GiveUp(string fault, CancellationToken cancellationToken)
    {
        _tenantId = _tenantId.Length > 0 ? _tenantId : WebhookOwner.SpaceOf(owner.GatewayId!);
        await QuarantineAll("not_applied", $"It could not be applied: {fault}.", cancellationToken);
    }

    private IEnumerable<(int Index, T Observation)> Open<T>()
        where T : Observation
    {
        for (var i = 0; i < _results.Length; i++)
        {
            if (_results[i] is null && reading.Items[i].Observation is T observation)
            {
                yield return (i, observation);
            }
        }
    }

    /// <summary>A hidden id of the line itself, where an own message of a group or a pair with the own number shows it.</summary>
    private Address? OwnLid(Address? line)
    {
        foreach (var item in reading.Items)
        {
            switch (item.Observation)
            {
                case MessageObserved { FromMe: true, Author.Lid: { } lid }:
                    return lid;
                case PairObserved { Pair: { } pair } when pair.Phone.Canonical == line?.Canonical:
                    return pair.Lid;
            }
        }

        return null;
    }

    /// <summary>The addresses under which the line wrote itself, numbers in their canonical form.</summary>
    private HashSet<Address> OwnAuthors() =>
    [
        .. reading.Items
            .Select(static item => item.Observation is MessageObserved { FromMe: true, Author: { } author } ? author : null)
            .SelectMany(static author => (Address?[])[author?.Phone?.Canonical, author?.Lid])
            .OfType<Address>(),
    ];

    private static bool IsOwn(Party author, Address line, Session session) =>
        author.Is(line) || author.Is(session.PhoneNumber) || (author.Lid is { } lid && session.OwnLids.Contains(lid));

    private static MessageStatus StatusOf(MessageObserved message, Direction direction) => direction switch
    {
        Direction.In => message.Status == MessageStatus.Read ? MessageStatus.Read : MessageStatus.Delivered,

        // What a gateway calls foreign carries the status of an inbound message.
        _ => (message.FromMe ? message.Status : null) ?? (message.ByApi ? MessageStatus.Pending : MessageStatus.Sent),
    };

    private static NameObserved? NameOf(RoutedMessage routed)
    {
        var message = routed.Message;
        var person = routed.Group is null ? routed.Contact : message.Author;
        return message is { Direction: Direction.In, AuthorName: { } name } && person?.Best is { } address
            ? new NameObserved(address, name, null, message.Timestamp)
            : null;
    }

    private static ItemResult Result(ItemOutcome outcome) => outcome switch
    {
        ItemOutcome.Kept or ItemOutcome.Changed => ItemResult.Accepted,
        ItemOutcome.Ignored => ItemResult.Ignored,
        _ => ItemResult.Duplicate,
    };

    private int Count(ItemResult result) => _results.Count(r => r == result);
}
