using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IAddressBook, IDirectory
{
    public Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken)
    {
        var phones = Of(tenantId).Phones;
        IReadOnlyDictionary<Address, Address> found = lids.Distinct().Where(phones.ContainsKey).ToDictionary(lid => lid, lid => phones[lid]);
        return Task.FromResult(found);
    }

    public Task<IReadOnlyList<Address>> FindLids(string tenantId, Address phone, CancellationToken cancellationToken)
    {
        IReadOnlyList<Address> lids = [.. Of(tenantId).Phones.Where(p => p.Value.Canonical == phone.Canonical).Select(p => p.Key).Order()];
        return Task.FromResult(lids);
    }

    public Task<bool> Learn(string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tenant = Of(tenantId);
        var left = false;
        foreach (var pair in pairs)
        {
            var isFirst = !tenant.Phones.ContainsKey(pair.Lid);
            tenant.Phones[pair.Lid] = pair.Phone;
            if (isFirst && tenant.Pairs.Keys.Any(known => known.Contains(pair.Lid)))
            {
                Leave(tenant, [new SameParty(pair.Lid, pair.Phone)], now);
                left = true;
            }
        }

        recorder.Add(new PairsLearned(tenantId, [.. pairs]));
        return Task.FromResult(left);
    }

    public Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken)
    {
        var known = Of(tenantId).Pairs;
        IReadOnlyDictionary<AddressPair, string> found = pairs.Distinct().Where(known.ContainsKey).ToDictionary(pair => pair, pair => known[pair]);
        return Task.FromResult(found);
    }

    public Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken)
    {
        var from = after?.ToString();
        IReadOnlyList<(AddressPair Pair, string ConversationId)> page = [.. Of(tenantId).Pairs
            .Where(p => p.Key.Contains(party))
            .Select(p => (Text: p.Key.ToString(), Entry: (p.Key, p.Value)))
            .Where(p => from is null || string.CompareOrdinal(p.Text, from) > 0)
            .OrderBy(p => p.Text, StringComparer.Ordinal)
            .Take(limit)
            .Select(p => p.Entry)];
        return Task.FromResult(page);
    }

    public Task<IReadOnlyList<(string TenantId, ConversationHead Head)>> FindHidden(
        (string TenantId, string ConversationId)? after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string TenantId, ConversationHead Head)> page = [.. _tenants
            .SelectMany(t => t.Value.Conversations.Values.Select(c => (TenantId: t.Key, c.Head)))
            .Where(c => c.Head.IsHidden)
            .OrderBy(c => c.TenantId, StringComparer.Ordinal).ThenBy(c => c.Head.ConversationId, StringComparer.Ordinal)
            .Where(c => after is not { } a || Compare((c.TenantId, c.Head.ConversationId), a) > 0)
            .Take(limit)];
        return Task.FromResult(page);
    }

    public Task Put(string tenantId, IReadOnlyCollection<DirectoryEntry> entries, CancellationToken cancellationToken)
    {
        var names = Of(tenantId).Names;
        foreach (var entry in entries)
        {
            var address = entry.Address.Canonical;
            var kept = names.GetValueOrDefault(address)
                ?? new NameEntry(new DirectoryEntry(address, null, null, DateTimeOffset.MinValue), DateTimeOffset.MinValue, DateTimeOffset.MinValue);
            if (entry.Name is not null && entry.At >= kept.NameAt)
            {
                kept = kept with { Entry = kept.Entry with { Name = entry.Name, At = entry.At }, NameAt = entry.At };
            }

            if (entry.PictureUrl is not null && entry.At >= kept.PictureAt)
            {
                kept = kept with { Entry = kept.Entry with { PictureUrl = entry.PictureUrl }, PictureAt = entry.At };
            }

            names[address] = kept;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<Address, DirectoryEntry>> Find(
        string tenantId, IReadOnlyCollection<Address> addresses, CancellationToken cancellationToken)
    {
        var names = Of(tenantId).Names;
        IReadOnlyDictionary<Address, DirectoryEntry> found = addresses.Select(a => a.Canonical).Distinct()
            .Where(names.ContainsKey).ToDictionary(a => a, a => names[a].Entry);
        return Task.FromResult(found);
    }

    private static int Compare((string TenantId, string ConversationId) one, (string TenantId, string ConversationId) other)
    {
        var byTenant = string.CompareOrdinal(one.TenantId, other.TenantId);
        return byTenant != 0 ? byTenant : string.CompareOrdinal(one.ConversationId, other.ConversationId);
    }
}
