using System.Globalization;
using System.Text.Json.Nodes;
using Parley.Api.Tests;

namespace Parley.Crash.Tests;

/// <summary>A process that is killed while it posts events: everything comes at least once and in order, and attempts are counted on.</summary>
public sealed class WebhooksOutTests : IDisposable
{
    private static readonly string[] Settings =
        ["--Parley:AllowedPrivateNetworks:0", $"{MediaServer.Host}/32", "--Parley:Webhooks:Timeout", "00:00:03", .. HookReceiver.Schedule];

    private readonly TemporaryDirectory _directory = new();
    private readonly HookReceiver _receiver = HookReceiver.Start();

    [Fact]
    public async Task A_kill_in_the_middle_of_a_schedule_keeps_what_waits_and_counts_attempts_on()
    {
        var down = true;
        _receiver.Answers = _ => new HookAnswer(down ? 503 : 204);
        TestTenant tenant;
        string endpoint;
        int attempts;
        await using (var first = await Start())
        {
            tenant = await first.NewTenant();
            endpoint = await _receiver.Register(tenant.Client, Only());
            foreach (var n in Enumerable.Range(0, 12))
            {
                await tenant.Accept(Webhook.Text(Peer(n % 4), Text(n % 4, n / 4)));
            }

            await Poll.Until(async () => (await tenant.Client.Get(endpoint)).Text("status") == "paused", "it is paused");
            await Poll.Until(async () => await Most(tenant.Client, endpoint) >= 4, "attempts are kept");
            attempts = await Most(tenant.Client, endpoint);
            await first.Kill();
        }

        down = false;
        await using var again = await Start();
        using var client = again.With(tenant.ApiKey);
        await _receiver.Until(12);
        AssertOrder(4, 3);
        await Poll.Until(async () => await Most(client, endpoint) > attempts, "attempts are counted on");
        Assert.Equal("enabled", (await client.Get(endpoint)).Text("status"));
        Assert.All(_receiver.Hooks, static h => Assert.Null(h.Problem));
    }

    [Fact]
    public async Task Kills_in_the_middle_of_a_batch_lose_nothing()
    {
        const int each = 40;
        _receiver.Answers = static _ => new HookAnswer(204, After: Task.Delay(5));
        var parley = await Start();
        try
        {
            var tenant = await parley.NewTenant();
            await _receiver.Register(tenant.Client, Only());
            for (var kill = 0; kill < 4; kill++)
            {
                using var client = parley.With(tenant.ApiKey);
                foreach (var n in Enumerable.Range(kill * each / 4, each / 4))
                {
                    for (var peer = 0; peer < 6; peer++)
                    {
                        await (tenant with { Client = client }).Accept(Webhook.Text(Peer(peer), Text(peer, n)));
                    }
                }

                await parley.Kill();
                await parley.DisposeAsync();
                parley = await Start();
            }

            await Poll.Until(
                () => Task.FromResult(_receiver.Taken.Select(static h => h.Id).Distinct().Count() == 6 * each), "all of them", TimeSpan.FromSeconds(60));
            AssertOrder(6, each);
        }
        finally
        {
            await parley.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _directory.Dispose();
    }

    private static JsonObject Only() => new() { ["types"] = new JsonArray("message.created") };

    private static string Peer(int n) => $"551198768{n.ToString("D4", CultureInfo.InvariantCulture)}";

    private static string Text(int peer, int n) => string.Create(CultureInfo.InvariantCulture, $"{peer}-{n}");

    private static async Task<int> Most(ParleyClient client, string endpoint) =>
        (await client.Get($"{endpoint}/deliveries")).Expect(200).Data.Select(static r => r!["attempts"]!.AsArray().Count).DefaultIfEmpty().Max();

    /// <summary>Repeats aside, each conversation came in its order.</summary>
    private void AssertOrder(int peers, int each)
    {
        var conversations = _receiver.Taken.DistinctBy(static h => h.Id).GroupBy(static h => h.Text!.Split('-')[0]).ToList();
        Assert.Equal(peers, conversations.Count);
        Assert.All(conversations, c => Assert.Equal(
            Enumerable.Range(0, each), c.Select(static h => int.Parse(h.Text!.Split('-')[1], CultureInfo.InvariantCulture))));
    }

    private Task<ParleyProcess> Start() => ParleyProcess.Start(_directory.Path, Settings);
}
