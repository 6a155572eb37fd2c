using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Where the messages of a line with one other party go.</summary>
/// <param name="Claims">The pairs under which the conversation is to be found from now on.</param>
internal sealed record Route(string ConversationId, ImmutableArray<AddressPair> Claims);

/// <summary>Finds the conversation of a line and its other party, by every address that is known.</summary>
internal sealed class Routes(
    IAddressBook book, ConversationFinder finder, Work work, IntakeOptions options, TimeProvider time)
{
    private const int MostRoutes = 50_000;
    private const int MostPairs = 100_000;

    private readonly ExpiringMap<(string Tenant, AddressPair? First, AddressPair? Second), Route> _routes =
        new(time, TimeSpan.FromHours(1), MostRoutes);

    private readonly ExpiringMap<(string Tenant, Address Lid), Address> _phones = new(time, options.TrustsPairs, MostPairs);

    /// <summary>The numbers of hidden ids, as the book or this node's memory of it has them.</summary>
    public async Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IEnumerable<Address> lids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Address, Address>();
        var missing = new List<Address>();
        foreach (var lid in lids.Distinct())
        {
            if (_phones.TryGet((tenantId, lid), out var phone))
            {
                found[lid] = phone;
            }
            else
            {
                missing.Add(lid);
            }
        }

        if (missing.Count > 0)
        {
            foreach (var (lid, phone) in await book.FindPhones(tenantId, missing, cancellationToken))
            {
                found[lid] = phone;
                _phones.Set((tenantId, lid), phone);
            }
        }

        return found;
    }

    /// <summary>Makes taught pairs durable, before anything is routed by them.</summary>
    /// <returns>Whether it left a to-do.</returns>
    public async Task<bool> Learn(string tenantId, IEnumerable<LidPair> pairs, CancellationToken cancellationToken)
    {
        var unknown = pairs
            .Where(pair => !_phones.TryGet((tenantId, pair.Lid), out var phone) || phone != pair.Phone)
            .Distinct()
            .ToList();
        var left = false;

        // In pieces: the store has one writer, and no body may hold it for long.
        foreach (var chunk in unknown.Chunk(Chunks.MostItems))
        {
            left |= await book.Learn(tenantId, chunk, time.GetUtcNow(), cancellationToken);
            foreach (var pair in chunk)
            {
                _phones.Set((tenantId, pair.Lid), pair.Phone);
            }
        }

        return left;
    }

    /// <summary>The conversation of a line and a person or group.</summary>
    /// <returns>The route, and whether it left a to-do.</returns>
    public async Task<(Route Route, bool LeftWork)> Find(
        string tenantId, Address line, Party? contact, Address? group, CancellationToken cancellationToken)
    {
        var (best, second) = Pairs(line, contact, group);
        if (_routes.TryGet((tenantId, best, second), out var known))
        {
            return (known, false);
        }

        var pairs = ((AddressPair?[])[best, second]).OfType<AddressPair>().ToList();
        var found = await book.FindConversations(tenantId, pairs, cancellationToken);
        var byBest = best is { } b ? await Head(tenantId, found.GetValueOrDefault(b), cancellationToken) : null;
        var byLid = second is { } s ? await Head(tenantId, found.GetValueOrDefault(s), cancellationToken) : null;

        // A hidden id whose number changed leads to the person who had it before: not for new messages.
        if (byLid is not null && contact?.Phone is { } phone && byLid.Contact?.Phone is { } other && other.Canonical != phone.Canonical)
        {
            byLid = null;
            pairs.Remove(second!.Value);
        }

        var leaves = byBest is not null && byLid is not null && byBest.ConversationId != byLid.ConversationId;
        if (leaves)
        {
            await work.Leave(tenantId, new Merge(byBest!.ConversationId, byLid!.ConversationId), cancellationToken);
            pairs.Remove(second!.Value);
        }

        var id = (byBest ?? byLid)?.ConversationId ?? ConversationId.Of(line, (group ?? contact!.Best)!.Value);
        var route = new Route(id, [.. pairs]);
        if (!leaves)
        {
            _routes.Set((tenantId, best, second), route);
        }

        return (route, leaves);
    }

    /// <summary>Notes where a conversation went.</summary>
    public void Moved(string tenantId, Address line, Party? contact, Address? group, Route route, string conversationId)
    {
        var (best, second) = Pairs(line, contact, group);
        _routes.Set((tenantId, best, second), route with { ConversationId = conversationId });
    }

    public void Forget(string tenantId, Address line, Party? contact, Address? group)
    {
        var (best, second) = Pairs(line, contact, group);
        _routes.Remove((tenantId, best, second));
    }

    /// <summary>The pair by group or number, and the pair by hidden id.</summary>
    private static (AddressPair? Best, AddressPair? ByLid) Pairs(Address line, Party? contact, Address? group) => (
        (group ?? contact?.Phone) is { } party ? AddressPair.Of(line, party) : null,
        contact?.Lid is { } lid ? AddressPair.Of(line, lid) : null);

    private async Task<ConversationHead?> Head(string tenantId, string? conversationId, CancellationToken cancellationToken) =>
        conversationId is null ? null : await finder.Follow(tenantId, conversationId, cancellationToken);
}
