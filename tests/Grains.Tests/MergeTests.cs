using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class MergeTests(Cluster cluster) : ClusterTests(cluster)
{
    private static readonly string[] Few = ["H1", "H2", "H3"];

    [Fact]
    public async Task a_learned_number_merges_the_conversation_under_the_hidden_id_into_the_one_under_the_number()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        await Learn();
        await Work();

        await Chat.AssertKept(Chat.Known, ["K1", .. Few]);
        Assert.Equal(Chat.Known, (await Chat.Head(Chat.Hidden)).MergedInto);
        Assert.Empty(await Chat.Rows(Chat.Hidden));
        Assert.Equal(EventType.ConversationSealed, (await Chat.Events(Chat.Hidden))[^1].Facts.Type);
        var merged = (await Chat.Events(Chat.Known))[^1].Facts;
        Assert.Equal((EventType.ConversationMerged, 2L, 4L), (merged.Type, merged.FirstSequence, merged.LastSequence));
        Assert.Equal(4, (await Chat.Head(Chat.Known)).UnreadCount);
        var moved = (await Chat.Rows(Chat.Known))[1].Message!;
        Assert.Equal(new MergedFrom(Chat.Hidden, 1), moved.MergedFrom);
    }

    [Fact]
    public async Task every_spelling_and_the_old_id_lead_to_the_conversation_that_stays()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        await Learn();
        await Work();
        var finder = Cluster.Get<ConversationFinder>();

        Assert.Equal(Chat.Known, await finder.Find(Tenant, Chat.Line, Chat.Lid, Stop));
        Assert.Equal(Chat.Known, await finder.Find(Tenant, Address.Parse("551187650001"), Chat.Line, Stop));
        Assert.Equal(Chat.Known, (await finder.Open(Tenant, Chat.Hidden, Stop))!.Head.ConversationId);
        Assert.Equal(Chat.Known, (await Chat.Grain(Chat.Hidden).Apply(Chat.Request(Chat.Hidden, "H4"))).MovedTo);
        Assert.Equal(Chat.Known, (await Chat.Grain(Chat.Hidden).MarkRead(null)).MovedTo);
        Assert.Equal(Chat.Known, (await Chat.Grain(Chat.Hidden).Delete()).MovedTo);
        Assert.DoesNotContain(await Cluster.Get<IAddressBook>().FindHidden(null, 500, Stop), h => h.TenantId == Tenant);
    }

    [Fact]
    public async Task a_number_learned_where_there_is_no_other_conversation_is_another_name_of_it()
    {
        await Keep(Chat.Hidden, Few);
        await Learn();
        await Work();

        var head = await Chat.Head(Chat.Hidden);
        Assert.Null(head.MergedInto);
        Assert.Equal(new Party(Chat.Phone, Chat.Lid), head.Contact);
        Assert.Equal(Chat.Hidden, await Cluster.Get<ConversationFinder>().Find(Tenant, Chat.Line, Chat.Phone, Stop));
    }

    [Fact]
    public async Task messages_told_to_both_while_pages_are_taken_over_are_kept_once()
    {
        var hidden = Enumerable.Range(1, 450).Select(static n => $"H{n}").ToList();
        await Chat.Keep(Chat.Known, "K0");
        await Keep(Chat.Hidden, hidden);
        await Learn();

        var late = Enumerable.Range(1, 40).Select(static n => $"L{n}").ToList();
        var work = Work();
        await Task.WhenAll(late.Select((id, i) => KeepAnywhere(i % 2 == 0 ? Chat.Known : Chat.Hidden, id)));
        await Task.WhenAll(late.Select((id, i) => KeepAnywhere(i % 2 == 0 ? Chat.Hidden : Chat.Known, id)));
        await work;
        await Work();

        await Chat.AssertKept(Chat.Known, ["K0", .. hidden, .. late]);
        Assert.Empty(await Chat.Rows(Chat.Hidden));
        await Chat.Events(Chat.Known);
    }

    [Fact]
    public async Task what_was_read_before_counts_no_unread_after()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        await Chat.Grain(Chat.Hidden).MarkRead(2);
        await Learn();
        await Work();

        Assert.Equal(2, (await Chat.Head(Chat.Known)).UnreadCount);
    }

    [Fact]
    public async Task what_was_deleted_before_stays_deleted()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        await Chat.Grain(Chat.Hidden).Delete();
        await Chat.Keep(Chat.Hidden, "H4");
        await Learn();
        await Work();

        var rows = await Chat.Rows(Chat.Known);
        Assert.Equal(["K1", "H4"], rows.Select(static r => r.Message?.ExternalId).OfType<string>());
        Assert.Equal(2, (await Chat.Head(Chat.Known)).MessageCount);
        Assert.Equal(ItemOutcome.Ignored, await Chat.Keep(Chat.Known, "H1"));
    }

    /// <summary>What the conversation that stays shows no message of yet, a deletion of it covers all the same.</summary>
    [Fact]
    public async Task a_deletion_between_sealing_and_taking_over_covers_what_is_still_to_come()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        var known = await Chat.Head(Chat.Known);
        await Cluster.Get<IWorkList>().Leave(Tenant, [new Domain.Work.Merge(Chat.Hidden, Chat.Known)], DateTimeOffset.UtcNow, Stop);
        await Chat.Grain(Chat.Hidden).Seal(new SealRequest(Chat.Known, known.HasPhone, known.CreatedAt));
        await Chat.Grain(Chat.Known).Delete();
        await Work();

        Assert.Equal(0, (await Chat.Head(Chat.Known)).MessageCount);
    }

    [Fact]
    public async Task a_worker_that_died_after_sealing_is_followed_by_one_that_takes_over()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        var known = await Chat.Head(Chat.Known);
        await Chat.Grain(Chat.Hidden).Seal(new SealRequest(Chat.Known, known.HasPhone, known.CreatedAt));
        await Cluster.Get<IWorkList>().Leave(Tenant, [new Domain.Work.Merge(Chat.Hidden, Chat.Known)], DateTimeOffset.UtcNow, Stop);
        await Work();

        await Chat.AssertKept(Chat.Known, ["K1", .. Few]);
    }

    /// <summary>Written anew it would be gone for ever.</summary>
    [Fact]
    public async Task what_was_sealed_with_a_message_that_cannot_be_read_waits_until_it_is_mended()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        var damaged = (await Chat.Rows(Chat.Hidden))[1].MessageId;
        Cluster.Store.Damage(damaged);
        await Learn();
        var worker = Cluster.Factories[1].GetGrain<ITenantWorkerGrain>(Tenant);
        await worker.Run();

        await Chat.AssertKept(Chat.Known, ["K1"]);
        Assert.Equal([false, true, false], (await Chat.Rows(Chat.Hidden)).Select(static r => r.IsDamaged));
        var due = Assert.Single(await Cluster.Get<IWorkList>().Due(Tenant, 10, DateTimeOffset.UtcNow.AddDays(1), Stop));
        Assert.IsType<Domain.Work.Merge>(due.Item);
        Assert.Empty(await Cluster.Get<IWorkList>().Due(Tenant, 10, DateTimeOffset.UtcNow.AddSeconds(2), Stop));

        Cluster.Store.Mend(damaged);
        await Cluster.Get<IWorkList>().Postpone(Tenant, due, DateTimeOffset.UtcNow, Stop);
        await Work();
        await Chat.AssertKept(Chat.Known, ["K1", .. Few]);
    }

    [Fact]
    public async Task a_change_parked_while_its_message_moves_finds_it()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, Few);
        await Learn();
        var changes = Cluster.Get<ChangeRouter>();
        await Task.WhenAll([Work(), .. Few.Select(id => changes.Route(Tenant, "shop", [Chat.Read(id)], Stop))]);
        await Work();
        await Cluster.Factories[0].GetGrain<ITenantWorkerGrain>(Tenant).Run();

        var rows = (await Chat.Rows(Chat.Known)).Where(static r => r.Message!.ExternalId.StartsWith('H')).ToList();
        Assert.All(rows, static r => Assert.Equal(MessageStatus.Read, r.Message!.Status));
        Assert.DoesNotContain(await Cluster.Get<IParkingLot>().ListParked(0, 500, Stop), p => p.TenantId == Tenant);
    }

    [Fact]
    public async Task a_message_that_both_kept_is_folded_into_one()
    {
        await Chat.Keep(Chat.Known, "K1");
        await Keep(Chat.Hidden, ["H1"]);

        // As when both kept it at the same moment, before either could see the other's.
        var (line, other) = (Chat.Message("H1").Message, "elsewhere");
        await Chat.Grain(Chat.Known).Apply(new(Chat.Opening(Chat.Known), [new KeepItem(line with { SessionId = other, To = Address.OfSession(other) })]));
        Assert.Equal(2, (await Chat.Rows(Chat.Known)).Length);
        await Learn();
        await Work();

        await Chat.AssertKept(Chat.Known, ["K1", "H1"]);
    }

    /// <summary>Else what the other line sends would go to itself.</summary>
    [Fact]
    public async Task between_own_lines_the_number_that_was_not_known_is_learned_by_the_conversation_that_stays()
    {
        var (one, other, unknown) = (Chat.Line, Chat.Phone, Address.OfSession("other"));
        var id = ConversationId.Of(unknown, one);
        var opening = new ConversationOpening(ConversationKind.Direct, unknown, new Party(one, Chat.Lid), null, [AddressPair.Of(unknown, one)]);
        var received = Chat.Message("M1", sessionId: "other").Message with { From = one, To = unknown };
        await Chat.Grain(id).Apply(new ApplyRequest(opening, [new KeepItem(received)]));
        await Chat.Grain(Chat.Known).Apply(new ApplyRequest(Chat.Opening(Chat.Known), [Chat.Message("M1", Direction.Out)]));

        await Cluster.Get<IWorkList>().Leave(Tenant, [new Domain.Work.SameParty(unknown, other)], DateTimeOffset.UtcNow, Stop);
        await Work();

        var head = await Cluster.Get<ConversationFinder>().Follow(Tenant, id, Stop);
        Assert.Equal(head!.ConversationId, (await Cluster.Get<ConversationFinder>().Follow(Tenant, Chat.Known, Stop))!.ConversationId);
        Assert.Equal((other, one), (head.Line, head.Contact!.Phone));
        Assert.Equal(new Party(one, Chat.Lid), head.Contact);
        Assert.Equal(other, head.OtherSideOf(one));
    }

    private async Task Keep(string id, IEnumerable<string> externalIds)
    {
        foreach (var chunk in externalIds.Chunk(400))
        {
            await Chat.Grain(id).Apply(Chat.Request(id, chunk));
        }
    }

    /// <summary>Keeps a message as ingest does: where a conversation has moved, where the message is already, until it is durable.</summary>
    private async Task KeepAnywhere(string id, string externalId)
    {
        var calls = Cluster.Get<ConversationCalls>();
        for (var attempt = 1; attempt < 200; attempt++)
        {
            try
            {
                var (_, reply) = await calls.Apply(Tenant, id, Chat.Request(id, externalId));
                if (reply.PairTaken is not null)
                {
                    // Sealed, and the one that stays has not begun to take it over.
                    await Task.Delay(5, Stop);
                    continue;
                }

                if (Assert.Single(reply.Outcomes) is not { Outcome: ItemOutcome.Elsewhere, Elsewhere: { } elsewhere })
                {
                    return;
                }

                id = elsewhere;
            }
            catch (Exception e) when (Retryable.Is(e) && attempt < 50)
            {
                // Told again, as every caller does.
            }
        }

        Assert.Fail("The message found no place.");
    }

    private Task Learn() =>
        Cluster.Get<IAddressBook>().Learn(Tenant, [new LidPair(Chat.Lid, Chat.Phone)], DateTimeOffset.UtcNow, Stop);
}
