using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Cluster.Tests.Versions;

/// <summary>A node of today and a silo of the release before in one cluster.</summary>
internal sealed class MixedCluster : IAsyncDisposable
{
    /// <summary>Messages of one round.</summary>
    private const int RoundSize = 10;

    /// <summary>How many conversations the previous silo has at least.</summary>
    private const int Enough = 3;

    /// <summary>Where a grain goes is Orleans' choice. It comes in runs: the silos tell each other how busy they are about once a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private MixedCluster(TestCluster cluster, ParleyProcess node, PreviousSilo previous, TestTenant tenant) =>
        (Cluster, Node, Previous, Tenant) = (cluster, node, previous, tenant);

    public TestCluster Cluster { get; }

    public ParleyProcess Node { get; }

    public PreviousSilo Previous { get; }

    public TestTenant Tenant { get; }

    public static async Task<MixedCluster> Start()
    {
        var cluster = await TestCluster.New();
        try
        {
            var node = await cluster.Start("both");
            var previous = await PreviousSilo.Start(cluster);
            return new(cluster, node, previous, await node.NewTenant());
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string Key(string id) => $"{Tenant.Id}/{id}";

    /// <summary>Posts one message of each of some customers, each through an instance of its own.</summary>
    public async Task<IReadOnlyList<Sent>> Spread() =>
        await Task.WhenAll(Enumerable.Range(0, RoundSize).Select(NewMessage).Select(Post));

    /// <summary>Has the previous silo call ever more conversations that nobody has called yet, until some of them are its own: a caller of its
    /// version may be served by either.</summary>
    /// <returns>Messages of those conversations that are not posted yet.</returns>
    public async Task<IReadOnlyList<Sent>> OwnedByPrevious()
    {
        var owned = new List<Sent>();
        var watch = Stopwatch.StartNew();
        for (var n = RoundSize; owned.Count < Enough; n++)
        {
            if (watch.Elapsed > Patience)
            {
                throw new InvalidOperationException($"Of {n - RoundSize} conversations the previous silo owns {owned.Count}.");
            }

            var sent = NewMessage(n);
            var calls = Previous.Calls.Count(IsApply);
            await Previous.Call("Apply", Tenant.Id, Key(sent.ConversationId), new JsonObject
            {
                ["externalId"] = Webhook.NewId(),
                ["text"] = "before",
                ["from"] = sent.Peer,
                ["to"] = Webhook.Line,
                ["sessionId"] = sent.Instance,
                ["timestamp"] = DateTimeOffset.FromUnixTimeSeconds(sent.Time),
                ["receivedAt"] = DateTimeOffset.FromUnixTimeSeconds(sent.Time),
            });
            if (Previous.Calls.Count(IsApply) > calls)
            {
                owned.Add(sent);
            }
        }

        return owned;
    }

    /// <summary>The message as the new node's store has it; null when it is not there.</summary>
    public async Task<JsonNode?> Kept(string id) =>
        (await Tenant.Client.Get($"/messages?externalId={id}")).Expect(200).Data.SingleOrDefault();

    /// <summary>The first message of a call.</summary>
    public static JsonNode? Item(JsonNode call) => call["given"]?["items"]?[0]?["message"];

    public async ValueTask DisposeAsync()
    {
        await Previous.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    private static bool IsApply(JsonNode call) => (string?)call["call"] == "Apply";

    private static Sent NewMessage(int n) => new(
        (5511987660000 + n).ToString(CultureInfo.InvariantCulture), $"shop-{n}", Webhook.NewId(), $"Olá nº {n} 🙂", Webhook.NewTime(), null);

    private async Task<Sent> Post(Sent sent)
    {
        var counts = (await Tenant.Accept(sent.Body())).Json.ToJsonString();
        Assert.Equal("""{"accepted":1,"duplicates":0,"ignored":0,"quarantined":0}""", counts);

        // It is told before it is answered, but comes by another way.
        JsonNode? told = null;
        JsonNode? kept = null;
        await Poll.Until(
            async () =>
            {
                told = Previous.Calls.FirstOrDefault(call => (string?)call["call"] == "Apply" && Item(call)?["externalId"]?.GetValue<string>() == sent.Id);
                kept = await Kept(sent.Id);
                return told is not null || kept is not null;
            },
            "The message arrives at one of the two");
        Assert.True(told is null || kept is null, "It arrived at both.");
        return sent with { Told = told };
    }
}
