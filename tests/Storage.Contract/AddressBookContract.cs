using Parley.Domain.Addresses;
using Parley.Domain.Work;

namespace Parley.Storage.Contract;

/// <summary>Hidden ids and numbers, pairs and conversations.</summary>
public abstract class AddressBookContract(IStoreFixture fixture) : StoreTests(fixture)
{
    private static readonly Address Lid = Address.Parse("100000000000011@lid");
    private static readonly Address OtherLid = Address.Parse("100000000000012@lid");
    private static readonly Address Phone = Address.Parse("5511987650001");
    private static readonly Address OtherPhone = Address.Parse("5511987650002");

    [Fact]
    public async Task A_pair_that_was_learned_is_found_both_ways()
    {
        await Learn(new LidPair(Lid, Phone), new LidPair(OtherLid, Phone));

        var phones = await Store.Addresses.FindPhones(Tenant, [Lid, OtherLid, Address.Parse("100000000000099@lid")], Token);
        Assert.Equal(2, phones.Count);
        Assert.Equal(Phone, phones[Lid]);
        Assert.Equal([Lid, OtherLid], await Store.Addresses.FindLids(Tenant, Phone, Token));
        Assert.Equal([Lid, OtherLid], await Store.Addresses.FindLids(Tenant, Phone.Canonical, Token));
        Assert.Empty(await Store.Addresses.FindPhones(OtherTenant, [Lid], Token));
    }

    [Fact]
    public async Task The_first_number_of_a_hidden_id_with_a_conversation_leaves_a_to_do_and_the_same_again_leaves_none()
    {
        await Commit(new Talk(Tenant, Party.Of(Lid), Time).Say());
        Assert.True(await Learn(new LidPair(Lid, Phone)));
        Assert.Equal([new SameParty(Lid, Phone)], await DueItems(Tenant, 10, Now, Token));

        await CompleteItem(Tenant, new SameParty(Lid, Phone).Key, Token);
        Assert.False(await Learn(new LidPair(Lid, Phone)));
        Assert.False(await Learn(new LidPair(Lid, Phone.Canonical)));
        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task The_number_of_a_hidden_id_without_a_conversation_leaves_no_to_do()
    {
        await Commit(new Talk(OtherTenant, Party.Of(Lid), Time).Say());
        Assert.False(await Learn(new LidPair(Lid, Phone)));
        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task Another_number_replaces_the_first_and_leaves_no_to_do()
    {
        await Commit(new Talk(Tenant, Party.Of(Lid), Time).Say());
        await Learn(new LidPair(Lid, Phone));
        await CompleteItem(Tenant, new SameParty(Lid, Phone).Key, Token);
        Assert.False(await Learn(new LidPair(Lid, OtherPhone)));

        Assert.Equal(OtherPhone, (await Store.Addresses.FindPhones(Tenant, [Lid], Token))[Lid]);
        Assert.Empty(await Store.Addresses.FindLids(Tenant, Phone, Token));
        Assert.Equal([Lid], await Store.Addresses.FindLids(Tenant, OtherPhone, Token));
        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task Pairs_told_at_once_end_in_one_to_do_each()
    {
        await Commit(new Talk(Tenant, Party.Of(Lid), Time).Say());
        await Commit(new Talk(Tenant, Party.Of(OtherLid), Time).Say());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Learn(new LidPair(Lid, Phone), new LidPair(OtherLid, OtherPhone))));
        Assert.Equal(2, (await DueItems(Tenant, 10, Now, Token)).Count);
    }

    [Fact]
    public async Task Conversations_are_found_by_their_pairs()
    {
        var talk = NewTalk(1);
        var other = NewTalk(2);
        await Commit(talk.Say());
        await Commit(other.Say());
        var pair = AddressPair.Of(talk.Head.Line, Lid);
        await Commit(talk.Set(head => head with { Aliases = head.Aliases.Add(pair) }) with { Aliases = [pair] });

        var found = await Store.Addresses.FindConversations(
            Tenant, [.. talk.Head.Aliases, .. other.Head.Aliases, AddressPair.Of(Lid, OtherPhone)], Token);

        Assert.Equal(3, found.Count);
        Assert.Equal(talk.Id, found[pair]);
        Assert.Equal(other.Id, found[other.Head.Aliases[0]]);
        Assert.Empty(await Store.Addresses.FindConversations(OtherTenant, [pair], Token));
    }

    [Fact]
    public async Task A_party_leads_to_its_pairs_in_the_order_of_their_text()
    {
        var talks = Enumerable.Range(1, 5).Select(contact => NewTalk(contact)).ToList();
        foreach (var talk in talks)
        {
            await Commit(talk.Say());
        }

        var line = talks[0].Head.Line;
        var all = await Store.Addresses.FindByParty(Tenant, line, null, 100, Token);
        Assert.Equal(5, all.Count);
        Assert.Equal(all.OrderBy(row => row.Pair.ToString(), StringComparer.Ordinal), all);
        var first = await Store.Addresses.FindByParty(Tenant, line, null, 2, Token);
        var rest = await Store.Addresses.FindByParty(Tenant, line, first[^1].Pair, 100, Token);
        Assert.Equal(all, first.Concat(rest));
        Assert.Equal(talks[2].Id, Assert.Single(await Store.Addresses.FindByParty(Tenant, talks[2].Head.Contact!.Phone!.Value, null, 9, Token)).ConversationId);
    }

    [Fact]
    public async Task Conversations_under_a_hidden_id_are_listed_for_the_sweep()
    {
        var hidden = new Talk(Tenant, Party.Of(Lid), Time);
        var elsewhere = new Talk(OtherTenant, Party.Of(Lid), Time);
        var known = NewTalk(1);
        var deleted = new Talk(Tenant, Party.Of(OtherLid), Time);
        foreach (var talk in new[] { hidden, elsewhere, known, deleted })
        {
            await Commit(talk.Say());
        }

        await Commit(deleted.Delete());
        var all = await FindHidden(null, 10);
        Assert.Equal(2, all.Count);
        Assert.Contains((Tenant, hidden.Id), all);
        Assert.Contains((OtherTenant, elsewhere.Id), all);
        var first = await FindHidden(null, 1);
        Assert.Equal(all, [.. first, .. await FindHidden(first[0], 10)]);

        await Commit(hidden.Set(head => head with { Contact = new Party(Phone, Lid) }));
        Assert.Equal([(OtherTenant, elsewhere.Id)], await FindHidden(null, 10));
    }

    private async Task<IReadOnlyList<(string TenantId, string ConversationId)>> FindHidden((string, string)? after, int limit) =>
        [.. (await Store.Addresses.FindHidden(after, limit, Token)).Select(static row => (row.TenantId, row.Head.ConversationId))];

    private Task<bool> Learn(params LidPair[] pairs) => Store.Addresses.Learn(Tenant, pairs, Now, Token);
}
