using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sends;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>One delivery with its other party, on its way.</summary>
/// <param name="IsNoEcho">It could be the echo of several sends: it is of none.</param>
internal sealed record RoutedMessage(int Item, IncomingMessage Message, Party? Contact, Address? Group, bool IsNoEcho = false);

/// <summary>Brings deliveries to their conversations.</summary>
internal sealed class MessageRouter(
    Routes routes, ConversationCalls calls, ConversationFinder finder, IAddressBook book, ISessionStore sessions, Work work, TimeProvider time)
{
    /// <summary>A conversation can be taken by another pair, or merged, while a call is on its way; not often in a row.</summary>
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Keeps deliveries of one line.</summary>
    /// <param name="done">Told the outcome of each.</param>
    /// <returns>Whether to-dos were left.</returns>
    public async Task<bool> Keep(
        string tenantId, Address line, IReadOnlyList<RoutedMessage> messages, Action<int, ItemOutcome> done, CancellationToken cancellationToken)
    {
        if (messages is [var one])
        {
            return await KeepGroup(tenantId, line, one.Contact, one.Group, [one], done, cancellationToken);
        }

        // A list names one person in several ways, own messages by number alone: apart, they would be kept side by side, out of their order.
        var groups = messages.GroupBy(static m => m.Group ?? m.Contact!.Best!.Value.Canonical);
        var left = await Task.WhenAll(groups.Select(group => KeepGroup(
            tenantId, line, Fullest(group), group.First().Group, [.. group], done, cancellationToken)));
        return left.Any(static l => l);
    }

    private static Party? Fullest(IEnumerable<RoutedMessage> ofOne)
    {
        var contacts = ofOne.Select(static m => m.Contact).OfType<Party>();
        return contacts.FirstOrDefault(static c => c.Lid is not null) ?? contacts.FirstOrDefault();
    }

    private async Task<bool> KeepGroup(
        string tenantId,
        Address line,
        Party? contact,
        Address? group,
        List<RoutedMessage> messages,
        Action<int, ItemOutcome> done,
        CancellationToken cancellationToken)
    {
        var left = false;
        var unsettled = false;
        var outcomes = new List<(int Item, ItemOutcome Outcome)>(messages.Count);
        foreach (var chunk in Chunks.Of(messages, static m => m.Message))
        {
            var reply = await Apply(tenantId, line, contact, group, [.. chunk.Select(static m => new KeepItem(m.Message) { IsNoEcho = m.IsNoEcho })], cancellationToken);
            left |= reply.LeftWork;
            unsettled |= reply.Reply.Unsettled;
            for (var i = 0; i < chunk.Count; i++)
            {
                var outcome = reply.Reply.Outcomes[i];
                if (outcome is { Outcome: ItemOutcome.Elsewhere, Elsewhere: { } elsewhere })
                {
                    var (result, more) = await KeepElsewhere(
                        tenantId, reply.ConversationId, elsewhere, line, contact, chunk[i].Message, cancellationToken);
                    outcomes.Add((chunk[i].Item, result));
                    left |= more;
                }
                else
                {
                    outcomes.Add((chunk[i].Item, outcome.Outcome));
                }
            }
        }

        // What is told as done is not run again: so only after the second look.
        left |= unsettled && await LookForBetter(tenantId, line, contact, messages[0].Message.SessionId, cancellationToken);
        outcomes.ForEach(o => done(o.Item, o.Outcome));
        return left;
    }

    /// <summary>Puts a message into the queue of its session, in the conversation of its line with a person or group.</summary>
    /// <param name="conversationId">Where an earlier try went; null = it is the first.</param>
    /// <returns>The conversation that has it, and its reply.</returns>
    public async Task<(string ConversationId, QueueReply Reply)> Queue(
        string tenantId, Party? contact, Address? group, SendOrder order, string? conversationId, CancellationToken cancellationToken)
    {
        var (id, reply, left) = await Reach(
            tenantId,
            order.From,
            contact,
            group,
            (grain, opening) => grain.Queue(new QueueRequest(opening, order)),
            static r => r.MovedTo,
            static r => r.PairTaken,
            conversationId,
            cancellationToken);
        if (left)
        {
            await work.Wake(tenantId);
        }

        return (id, reply);
    }

    private Task<(string ConversationId, ApplyReply Reply, bool LeftWork)> Apply(
        string tenantId,
        Address line,
        Party? contact,
        Address? group,
        ImmutableArray<ConversationItem> items,
        CancellationToken cancellationToken) =>
        Reach(
            tenantId,
            line,
            contact,
            group,
            (grain, opening) => grain.Apply(new ApplyRequest(opening, items)),
            static r => r.MovedTo,
            static r => r.PairTaken,
            null,
            cancellationToken);

    /// <summary>Makes a call at the conversation of a line and a person or group, wherever it is and goes meanwhile.</summary>
    /// <param name="conversationId">Where to begin; null = where the route leads.</param>
    private async Task<(string ConversationId, T Reply, bool LeftWork)> Reach<T>(
        string tenantId,
        Address line,
        Party? contact,
        Address? group,
        Func<IConversationGrain, ConversationOpening, Task<T>> call,
        Func<T, string?> movedTo,
        Func<T, AddressPair?> pairTaken,
        string? conversationId,
        CancellationToken cancellationToken)
    {
        var left = false;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (route, leftWork) = await routes.Find(tenantId, line, contact, group, cancellationToken);
            left |= leftWork;
            var kind = group is null ? ConversationKind.Direct : ConversationKind.Group;
            var opening = new ConversationOpening(kind, line, contact, group, route.Claims);
            var (id, reply) = await calls.Follow(tenantId, conversationId ?? route.ConversationId, grain => call(grain, opening), movedTo);
            if (pairTaken(reply) is { } pair)
            {
                routes.Forget(tenantId, line, contact, group);
                left |= await Reclaim(tenantId, id, pair, cancellationToken);
                conversationId = null;

                // It may be that the two are being merged at this moment.
                await Task.Delay(Pause * (attempt - 1), time, cancellationToken);
                continue;
            }

            if (id != route.ConversationId)
            {
                routes.Moved(tenantId, line, contact, group, route, id);
            }

            return (id, reply, left);
        }

        throw new RetryableException("The conversation of two parties could not be settled.");
    }

    /// <summary>A pair leads to another conversation than the one that claimed it: if both are there, they are one.</summary>
    private async Task<bool> Reclaim(string tenantId, string conversationId, AddressPair pair, CancellationToken cancellationToken)
    {
        var found = await book.FindConversations(tenantId, [pair], cancellationToken);
        if (!found.TryGetValue(pair, out var owner)
            || await finder.Follow(tenantId, owner, cancellationToken) is not { } other
            || other.ConversationId == conversationId
            || await finder.Follow(tenantId, conversationId, cancellationToken) is not { } mine
            || mine.ConversationId == other.ConversationId)
        {
            return false;
        }

        await work.Leave(tenantId, new Merge(mine.ConversationId, other.ConversationId), cancellationToken);
        return true;
    }

    /// <summary>
    /// The line already has a message in another conversation: it is told of this delivery there. If one of the two has no
    /// number, this delivery shows that they are one; with a number on both sides the gateway may have named a wrong person.
    /// </summary>
    private async Task<(ItemOutcome Outcome, bool LeftWork)> KeepElsewhere(
        string tenantId,
        string here,
        string elsewhere,
        Address line,
        Party? contact,
        IncomingMessage message,
        CancellationToken cancellationToken)
    {
        var outcome = ItemOutcome.Elsewhere;
        var id = elsewhere;
        for (var attempt = 1; attempt <= Attempts && outcome == ItemOutcome.Elsewhere; attempt++)
        {
            var (at, reply) = await calls.Apply(tenantId, id, new ApplyRequest(null, [new KeepItem(message)]));
            outcome = reply.Outcomes[0].Outcome;
            if (outcome == ItemOutcome.Elsewhere)
            {
                // It is being taken over at this moment.
                id = reply.Outcomes[0].Elsewhere!;
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
            else
            {
                id = at;
            }
        }

        if (outcome is ItemOutcome.Elsewhere or ItemOutcome.NotHere)
        {
            // What this delivery adds is not kept yet: no answer until it is.
            throw new RetryableException("A message is on its way from one conversation to another.");
        }

        // Another person's message shows nothing of who this one is.
        var left = outcome != ItemOutcome.OthersMessage && await Unite(tenantId, here, id, line, contact, cancellationToken);
        return (outcome, left);
    }

    private async Task<bool> Unite(
        string tenantId, string here, string there, Address line, Party? contact, CancellationToken cancellationToken)
    {
        if (await finder.Follow(tenantId, there, cancellationToken) is not { } other || other.ConversationId == here)
        {
            return false;
        }

        // It began when the line's number was not known here, and whoever began it may not have come to look again.
        var left = other.Line.Kind == AddressKind.Session && line.Kind != AddressKind.Session;
        if (left)
        {
            await work.Leave(tenantId, new SameParty(other.Line, line), cancellationToken);
        }

        if (await finder.Follow(tenantId, here, cancellationToken) is { } mine)
        {
            if (mine.ConversationId == other.ConversationId || !mine.MayBeOneWith(other))
            {
                return left;
            }

            await work.Leave(tenantId, new Merge(mine.ConversationId, other.ConversationId), cancellationToken);
            return true;
        }

        // There is no conversation under this address yet: the one that is there is found under it from now on.
        // Of two own lines that write to each other each is known by its number already.
        var learned = other.OtherSideOf(line) != other.ContactAddress || contact?.Is(line) == true ? null : (other.Contact, contact) switch
        {
            ({ Phone: null, Lid: { } lid }, { Phone: { } phone }) => (lid, phone),
            ({ Phone: { } phone }, { Phone: null, Lid: { } lid }) => (phone, lid),
            _ => ((Address Known, Address Better)?)null,
        };
        if (learned is var (known, better))
        {
            var (id, reply) = await calls.Follow(
                tenantId, other.ConversationId, grain => grain.Learn(known, better), static r => r.MovedTo);
            routes.Forget(tenantId, line, contact, null);
            left |= reply.PairTaken is { } taken && await Reclaim(tenantId, id, taken, cancellationToken);
        }

        return left;
    }

    /// <summary>The second look of a conversation with a party that has no number: it may have become known meanwhile.</summary>
    private async Task<bool> LookForBetter(
        string tenantId, Address line, Party? contact, string sessionId, CancellationToken cancellationToken)
    {
        var left = false;
        if (contact is { Phone: null, Lid: { } lid }
            && (await book.FindPhones(tenantId, [lid], cancellationToken)).TryGetValue(lid, out var phone))
        {
            await work.Leave(tenantId, new SameParty(lid, phone), cancellationToken);
            left = true;
        }

        if (line.Kind == AddressKind.Session
            && await sessions.ReadSession(tenantId, sessionId, cancellationToken) is { PhoneNumber: { } number })
        {
            await work.Leave(tenantId, new SameParty(line, number), cancellationToken);
            left = true;
        }

        return left;
    }
}
