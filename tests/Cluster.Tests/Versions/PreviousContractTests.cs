using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;

namespace Parley.Cluster.Tests.Versions;

/// <summary>An upgrade without a stop: silos of two builds side by side, each with the contract that it was built with.</summary>
public sealed class PreviousContractTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 12, 0, 1, 250, TimeSpan.Zero);

    [Fact]
    public async Task a_previous_silo_reads_what_a_new_node_sends_and_is_understood()
    {
        await using var mixed = await MixedCluster.Start();
        var before = DateTimeOffset.UtcNow;
        var all = await mixed.Spread();
        var after = DateTimeOffset.UtcNow;

        foreach (var sent in all.Where(static sent => sent.Told is not null))
        {
            var told = sent.Told!;
            Assert.Equal(mixed.Key(sent.ConversationId), (string?)told["key"]);
            Assert.Equal(mixed.Tenant.Id, (string?)told["tenant"]);
            var opening = told["given"]!["opening"]!;
            Assert.Equal(("Direct", Webhook.Line), ((string?)opening["kind"], (string?)opening["line"]));
            Assert.Equal(sent.Peer, (string?)opening["contact"]!["phone"]);
            Assert.NotEmpty(opening["pairs"]!.AsArray());
            var message = MixedCluster.Item(told)!;
            Assert.Equal(
                (sent.Id, "In", "Live", "Delivered", sent.Instance),
                (Text(message, "externalId"), Text(message, "direction"), Text(message, "origin"), Text(message, "status"), Text(message, "sessionId")));
            Assert.Equal((sent.Peer, Webhook.Line), (Text(message, "from"), Text(message, "to")));
            Assert.Equal(("Text", sent.Text), (Text(message["content"]!, "type"), Text(message["content"]!, "text")));
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(sent.Time), Time(message, "timestamp"));
            Assert.InRange(Time(message, "receivedAt"), before, after);

            // The same again: the answer is another one, and is told as what it is.
            Assert.Equal(1, (await mixed.Tenant.Accept(sent.Body())).Number("duplicates"));

            // And the other way round.
            var id = Webhook.NewId();
            await mixed.Tenant.Accept(Webhook.Text(sent.Peer, "answer", id, sent.Time, fromMe: true, instance: sent.Instance));
            var own = await Given(mixed, id);
            Assert.Equal(
                ("Out", "Sent", Webhook.Line, sent.Peer), (Text(own, "direction"), Text(own, "status"), Text(own, "from"), Text(own, "to")));
        }

        var sessions = mixed.Previous.Calls.Where(static call => Text(call, "call") == "Observe").ToList();
        Assert.All(sessions, call =>
        {
            var session = Assert.Single(all, sent => mixed.Key(sent.Instance) == Text(call, "key"));
            Assert.Equal(session.Instance, Text(call["given"]!, "instanceName"));
            var signal = Assert.Single(call["given"]!["signals"]!.AsArray())!;
            Assert.Equal(Webhook.Line, Text(signal, "phoneNumber"));
            Assert.True((bool)signal["traffic"]!);
            Assert.InRange(Time(signal, "receivedAt"), before, after);
        });

        // The sessions that the previous silo did not take are the new node's, whole and kept.
        var taken = sessions.Select(static call => Text(call, "key")).ToHashSet();
        foreach (var sent in all.Where(sent => !taken.Contains(mixed.Key(sent.Instance))))
        {
            var kept = (await mixed.Tenant.Client.Get($"/sessions/{sent.Instance}")).Expect(200);
            Assert.Equal((Webhook.Line, "open"), (kept.Text("phoneNumber"), kept.Text("status")));
        }
    }

    [Fact]
    public async Task a_previous_silo_reads_every_call_of_a_new_client()
    {
        await using var mixed = await MixedCluster.Start();
        await using var client = await ClusterClient.Start(mixed.Cluster);
        var all = await mixed.Spread();
        var theirs = all.First(static sent => sent.Told is not null);
        var key = mixed.Key(theirs.ConversationId);
        var grain = client.Grains.GetGrain<IConversationGrain>(key);
        var (phone, lid) = (Address.Parse(theirs.Peer), Address.Parse("100000000000011@lid"));
        var seen = new Dictionary<string, int>(StringComparer.Ordinal) { ["Apply"] = 1 };
        TenantContext.Set(mixed.Tenant.Id);

        Assert.Equal(new MarkReadReply(null, true, 43, 42), await grain.MarkRead(42));
        Assert.Equal(42, (await Next("MarkRead"))!.GetValue<long>());
        Assert.Equal(new MarkReadReply(null, true, 0, -1), await grain.MarkRead(null));
        Assert.Null(await Next("MarkRead"));

        Assert.Equal(new DeleteReply($"{key}:deleted", true), await grain.Delete());

        var learnt = await grain.Learn(lid, phone);
        Assert.Equal((null, lid.Value, phone.Value), (learnt.MovedTo, learnt.PairTaken!.Value.Low, learnt.PairTaken.Value.High));
        var learn = (await Next("Learn"))!;
        Assert.Equal((lid.Value, phone.Value), (Text(learn, "known"), Text(learn, "better")));

        Assert.Equal(new SealReply(SealOutcome.Moved, "other"), await grain.Seal(new SealRequest("other", true, At)));
        var seal = (await Next("Seal"))!;
        Assert.Equal(("other", true, At), (Text(seal, "into"), (bool)seal["intoHasPhone"]!, Time(seal, "intoCreatedAt")));

        Assert.Equal(new TakeOverReply("from", true), await grain.TakeOver("from"));
        Assert.Equal("from", (string?)await Next("TakeOver"));
        Assert.True(await grain.Erase());
        Assert.True(await grain.DropDouble("ID", Direction.In));
        var drop = (await Next("DropDouble"))!;
        Assert.Equal(("ID", "In"), (Text(drop, "externalId"), Text(drop, "direction")));

        // What it throws is what it is here too.
        Assert.Equal("ID2", (await Assert.ThrowsAsync<RetryableException>(() => grain.DropDouble("ID2", Direction.Out))).Message);

        var stamp = new ChangeStamp(1_772_452_801_250, null, "gateway");
        ImmutableArray<MessageChange> changes =
        [
            new StatusChange { TargetId = "T", Stamp = stamp, At = At, Line = phone, Status = MessageStatus.Failed, Error = new("code", "why") },
            new EditChange { TargetId = "T", Stamp = stamp, At = At, Text = "edited" },
            new DeletionChange { TargetId = "T", Stamp = stamp, At = At },
            new ReactionChange { TargetId = "T", Stamp = stamp, At = At, From = new Party(phone, lid), Emoji = "👍" },
            new VoteChange { TargetId = "T", Stamp = stamp, At = At, From = new Party(null, lid), Options = ["yes", "no"] },
        ];
        var reply = await grain.Apply(new ApplyRequest(null, [.. changes.Select(static c => new ChangeItem(c, "shop-1", Direction.Out, 7))]));
        Assert.Equal(Enumerable.Repeat(new ItemReply(ItemOutcome.Changed), 5), reply.Outcomes);
        var items = (await Next("Apply"))!["items"]!.AsArray();
        Assert.Equal(
            ["StatusChange", "EditChange", "DeletionChange", "ReactionChange", "VoteChange"], items.Select(static item => Text(item!, "kind")));
        Assert.All(items, static item =>
        {
            Assert.Equal(("shop-1", "Out", 7), (Text(item!, "session"), Text(item!, "direction"), (long)item!["parkedId"]!));
            var change = item["change"]!;
            Assert.Equal(("T", At), (Text(change, "targetId"), Time(change, "at")));
            Assert.Equal((1_772_452_801_250, "gateway"), ((long)change["stamp"]!["sentMs"]!, Text(change["stamp"]!, "gateway")));
        });
        var read = items.Select(static item => item!["change"]!).ToList();
        Assert.Equal(("Failed", "why", phone.Value), (Text(read[0], "status"), Text(read[0]["error"]!, "message"), Text(read[0], "line")));
        Assert.Equal("edited", Text(read[1], "text"));
        Assert.Equal((phone.Value, lid.Value, "👍"), (Text(read[3]["from"]!, "phone"), Text(read[3]["from"]!, "lid"), Text(read[3], "emoji")));
        Assert.Equal(["yes", "no"], read[4]["options"]!.AsArray().Select(static option => (string?)option));

        // The calls come one after another: each is looked at once.
        async Task<JsonNode?> Next(string call)
        {
            var number = seen[call] = seen.GetValueOrDefault(call) + 1;
            return (await mixed.Previous.Given(c => Text(c, "call") == call && Text(c, "key") == key, number))["given"];
        }
    }

    [Fact]
    public async Task a_new_node_reads_what_a_previous_silo_sends_and_is_understood()
    {
        await using var mixed = await MixedCluster.Start();
        var all = await mixed.Spread();
        var ours = all.Where(static sent => sent.Told is null).ToList();
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
        var taken = mixed.Previous.Calls.Where(static call => Text(call, "call") == "Observe").Select(static call => Text(call, "key")).ToHashSet();
        var instance = all.First(sent => !taken.Contains(mixed.Key(sent.Instance))).Instance;
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
        var all = await mixed.Spread();
        var theirs = all.Where(static sent => sent.Told is not null).ToList();

        Assert.Equal(0, await mixed.Previous.Stop());

        foreach (var sent in theirs)
        {
            // The stub kept nothing: for the real one the message is new.
            Assert.Equal(1, (await mixed.Tenant.Accept(sent.Body())).Number("accepted"));
            var kept = (await mixed.Kept(sent.Id))!;
            Assert.Equal((1, sent.ConversationId, sent.Text), ((long)kept["sequence"]!, Text(kept, "conversationId"), Text(kept, "text")));
        }

        var events = await Books.Events(mixed.Cluster, mixed.Tenant.Id);
        Assert.Equal(all.Count, events.Count(static e => e.Facts.Type == EventType.MessageCreated));
    }

    private static string? Outcome(JsonNode told) => Text(Assert.Single(told["outcomes"]!.AsArray())!, "outcome");

    private static string? Text(JsonNode node, string name) => (string?)node[name];

    private static DateTimeOffset Time(JsonNode node, string name) => node[name]!.GetValue<DateTimeOffset>();

    /// <summary>A message as the previous silo was given it.</summary>
    private static async Task<JsonNode> Given(MixedCluster mixed, string id) =>
        MixedCluster.Item(await mixed.Previous.Given(call => (string?)MixedCluster.Item(call)?["externalId"] == id, 1))!;
}
