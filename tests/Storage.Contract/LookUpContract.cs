using Parley.Domain.Messages;

namespace Parley.Storage.Contract;

/// <summary>Looking up gateway ids, tombstones included, and what is parked for them.</summary>
public abstract class LookUpContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Finds_both_directions_in_any_conversation()
    {
        var one = NewTalk(1);
        var two = NewTalk(2);
        await Commit(one.Say("id", Direction.In));
        await Commit(two.Say("other"));
        await Commit(two.Say("id", Direction.Out));

        var found = (await Store.Conversations.LookUp(Tenant, ["id", "id", "none"], Token)).Messages;

        Assert.Equal(2, found.Count);
        var incoming = Assert.Single(found, message => message.Direction == Direction.In);
        var outgoing = Assert.Single(found, message => message.Direction == Direction.Out);
        Assert.Equal((one.Id, 1), (incoming.ConversationId, incoming.Sequence));
        Assert.Equal((two.Id, 2), (outgoing.ConversationId, outgoing.Sequence));
        Same.Value(two.Messages[2], outgoing.Message);
        Assert.All(found, message => Assert.Equal("id", message.ExternalId));
    }

    [Fact]
    public async Task A_tombstone_is_found_without_its_content()
    {
        var talk = NewTalk();
        await Commit(talk.Say("gone", Direction.Out, content: Samples.Media()));
        var id = talk.Messages[1].Id;
        await Commit(talk.Delete());
        await Commit(talk.Erase(1));

        var found = Assert.Single((await Store.Conversations.LookUp(Tenant, ["gone"], Token)).Messages);
        Assert.Equal((id, 1, "gone", Direction.Out), (found.MessageId, found.Sequence, found.ExternalId, found.Direction));
        Assert.Null(found.Message);

        var read = Assert.Single(await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token));
        Assert.Equal((id, 1), (read.MessageId, read.Sequence));
        Assert.Null(read.ExternalId);
        Assert.Null(read.Direction);
        Assert.Null(read.Message);
    }

    [Fact]
    public async Task A_tombstone_keeps_its_place_taken()
    {
        var talk = NewTalk();
        await Commit(talk.Say("gone"));
        await Commit(talk.Delete());
        await Commit(talk.Erase(1));

        var again = talk.Say("gone");
        Assert.Equal("gone", (await Store.Conversations.Commit(again, Token)).ExternalId);
    }

    [Fact]
    public async Task What_lies_under_the_mark_is_found_until_it_is_a_tombstone()
    {
        var talk = NewTalk();
        await Commit(talk.Say("a"));
        await Commit(talk.Delete());

        Assert.NotNull(Assert.Single((await Store.Conversations.LookUp(Tenant, ["a"], Token)).Messages).Message);
        Assert.NotNull(Assert.Single(await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token)).Message);
    }

    [Fact]
    public async Task Finds_what_is_parked_for_the_ids()
    {
        await Store.Parking.Park(Tenant, "s1", [Changes.Edit("a", "x", Now), Changes.Edit("b", "y", Now)], 10, Now, Token);
        await Store.Parking.Park(Tenant, "s2", [Changes.Deletion("a", Now)], 10, Now, Token);
        await Store.Parking.Park(OtherTenant, "s1", [Changes.Deletion("a", Now)], 10, Now, Token);

        var parked = (await Store.Conversations.LookUp(Tenant, ["a"], Token)).Parked;

        Assert.Equal(["s1", "s2"], parked.Select(change => change.SessionId));
        Assert.All(parked, change => Assert.Equal(Tenant, change.TenantId));
        Assert.IsType<EditChange>(parked[0].Change);
        Assert.IsType<DeletionChange>(parked[1].Change);
    }

    [Fact]
    public async Task Many_ids_are_looked_up_at_once()
    {
        var talk = NewTalk();
        await Commit(talk.Add([.. Enumerable.Range(0, 500).Select(i => talk.NewMessage($"id-{i}", ahead: i))]));

        var found = await Store.Conversations.LookUp(Tenant, [.. Enumerable.Range(0, 500).Select(i => $"id-{i}")], Token);
        Assert.Equal(500, found.Messages.Count);
    }

    [Fact]
    public async Task Media_is_named_by_messages_that_are_not_deleted()
    {
        var talk = NewTalk();
        await Commit(talk.Say(content: Samples.Media()));
        Assert.True(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
        Assert.False(await Store.Conversations.NamesMedia(OtherTenant, Samples.Sha256, Token));
        Assert.False(await Store.Conversations.NamesMedia(Tenant, new string('0', 64), Token));
        Assert.False(await Store.Conversations.NamesMedia(Tenant, "../etc/passwd", Token));

        await Commit(talk.Delete());
        Assert.False(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));

        await Commit(talk.Say(content: Samples.Media()));
        Assert.True(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));

        await Commit(talk.Change(talk.Messages[2] with { Content = new MessageContent { Type = MessageType.Image }, DeletedAt = Now }));
        Assert.False(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
    }
}
