using System.Text.Json.Nodes;
using Parley.Domain.Events;

namespace Parley.Cluster.Tests.Versions;

/// <summary>An upgrade without a stop: silos of two builds side by side, each with the contract that it was built with.</summary>
public sealed class PreviousContractTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 12, 0, 1, 250, TimeSpan.Zero);

    /// <summary>The interfaces have gained methods since: a previous silo could not serve all that a new node may ask of the grain.</summary>
    [Fact]
    public async Task what_a_new_node_calls_is_owned_by_new_silos()
    {
        await using var mixed = await MixedCluster.Start();
        var all = await mixed.Spread();

        Assert.All(all, static sent => Assert.Null(sent.Told));
        Assert.DoesNotContain(mixed.Previous.Calls, static call => Text(call, "call") is "Apply" or "Observe");
        foreach (var sent in all)
        {
            var session = (await mixed.Tenant.Client.Get($"/sessions/{sent.Instance}")).Expect(200);
            Assert.Equal((Webhook.Line, "open"), (session.Text("phoneNumber"), session.Text("status")));
        }
    }

    [Fact]
    public async Task what_a_previous_silo_owns_for_its_own_callers_goes_over_to_a_new_one_when_a_new_node_calls()
    {
        await using var mixed = await MixedCluster.Start();
        foreach (var sent in await mixed.OwnedByPrevious())
        {
            await IsKeptAnew(mixed, sent);

            // From then on the previous silo finds it where it is.
            var read = await mixed.Previous.Call("MarkRead", mixed.Tenant.Id, mixed.Key(sent.ConversationId), new JsonObject { ["upTo"] = 1 });
            Assert.Equal((true, 0, 1), ((bool)read["found"]!, (long)read["unreadCount"]!, (long)read["readUpTo"]!));
        }
    }

    [Fact]
    public async Task a_new_node_reads_what_a_previous_silo_sends_and_is_understood()
    {
        await using var mixed = await MixedCluster.Start();
        var all = await mixed.Spread();
        var ours = all.ToList();
        var tenant = mixed.Tenant.Id;
        foreach (var sent in ours)
        {
            var key = mixed.Key(sent.ConversationId);
            var (id, later) = (Webhook.NewId(), DateTimeOffset.FromUnixTimeSeconds(sent.Time + 60));
            var given = new JsonObject
            {
                ["externalId"] = id,
                ["text"] = "da versão anterior 🙂",
                ["from"] = sent.Peer,
                ["to"] = Webhook.Line,
                ["sessionId"] = sent.Instance,
                ["timestamp"] = later,
                ["receivedAt"] = At,
            };
            Assert.Equal("Kept", Outcome(await mixed.Previous.Call("Apply", tenant, key, given.DeepClone().AsObject())));
            Assert.Equal("Duplicate", Outcome(await mixed.Previous.Call("Apply", tenant, key, given)));

            var kept = (await mixed.Kept(id))!;
            Assert.Equal(
                (2, "in", "live", "delivered"), ((long)kept["sequence"]!, Text(kept, "direction"), Text(kept, "origin"), Text(kept, "status")));
            Assert.Equal((sent.Peer, Webhook.Line, sent.Instance), (Text(kept, "from"), Text(kept, "to"), Text(kept, "sessionId")));
            Assert.Equal(("text", "da versão anterior 🙂", later), (Text(kept, "type"), Text(kept, "text"), Time(kept, "timestamp")));

            // Two came in, and one of them is read.
            var read = await mixed.Previous.Call("MarkRead", tenant, key, new JsonObject { ["upTo"] = 1 });
            Assert.Equal((true, 1, 1), ((bool)read["found"]!, (long)read["unreadCount"]!, (long)read["readUpTo"]!));
            Assert.Equal(1, (await mixed.Tenant.Client.Get($"/conversations/{sent.Escaped}")).Expect(200).Number("unreadCount"));
        }

        var one = mixed.Key(ours[0].ConversationId);
        Assert.Equal("TenantMismatchException", await mixed.Previous.Refused("Delete", "another", one));
        Assert.Equal("TenantMismatchException", await mixed.Previous.Refused("Delete", null, one));
        var seal = await mixed.Previous.Call(
            "Seal", tenant, one, new JsonObject { ["into"] = ours[1].ConversationId, ["intoHasPhone"] = false, ["intoCreatedAt"] = At });
        Assert.Equal("Stays", Text(seal, "outcome"));
        Assert.False((bool?)(await mixed.Previous.Call("DropDouble", tenant, one, new JsonObject { ["externalId"] = "none", ["direction"] = "In" })));
        Assert.False((bool?)(await mixed.Previous.Call("Erase", tenant, one)));
        Assert.True((bool)(await mixed.Previous.Call("Delete", tenant, one))["found"]!);
        (await mixed.Tenant.Client.Get($"/conversations/{ours[0].Escaped}")).Expect(404);

        // A session that the new node owns: what it has goes back.
        var instance = all[0].Instance;
        var session = await mixed.Previous.Call(
            "Observe",
            tenant,
            mixed.Key(instance),
            new JsonObject { ["instanceName"] = instance, ["phoneNumber"] = Webhook.Line, ["receivedAt"] = At });
        Assert.Equal((instance, instance, "Open", Webhook.Line), (
            Text(session, "sessionId"), Text(session, "instanceName"), Text(session, "status"), Text(session, "phoneNumber")));

        // The relay is of an interface that the previous silo does not know.
        var events = await Books.Events(mixed.Cluster, tenant);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static n => (long)n), events.Select(static e => e.Position));
        Assert.Equal(2 * ours.Count, events.Count(static e => e.Facts.Type == EventType.MessageCreated));
    }

    [Fact]
    public async Task what_a_previous_silo_owned_goes_over_to_a_new_node_when_it_stops()
    {
        await using var mixed = await MixedCluster.Start();
        var theirs = await mixed.OwnedByPrevious();

        Assert.Equal(0, await mixed.Previous.Stop());

        foreach (var sent in theirs)
        {
            await IsKeptAnew(mixed, sent);
        }
    }

    /// <summary>The stub kept nothing: for the real one the message is the first.</summary>
    private static async Task IsKeptAnew(MixedCluster mixed, Sent sent)
    {
        Assert.Equal(1, (await mixed.Tenant.Accept(sent.Body())).Number("accepted"));
        var kept = (await mixed.Kept(sent.Id))!;
        Assert.Equal((1, sent.ConversationId, sent.Text), ((long)kept["sequence"]!, Text(kept, "conversationId"), Text(kept, "text")));
    }

    private static string? Outcome(JsonNode told) => Text(Assert.Single(told["outcomes"]!.AsArray())!, "outcome");

    private static string? Text(JsonNode node, string name) => (string?)node[name];

    private static DateTimeOffset Time(JsonNode node, string name) => node[name]!.GetValue<DateTimeOffset>();
}
