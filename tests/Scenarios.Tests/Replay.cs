using System.Collections.Concurrent;

namespace Parley.Scenarios.Tests;

/// <summary>Posts a scenario's bodies to a fresh tenant and holds what is kept against what is expected.</summary>
internal static class Replay
{
    private const int Posters = 4;

    /// <summary>A merge may end after the answer; all else is there with it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task InOrder(ParleyProcess parley, string name)
    {
        var scenario = Scenario.Load(name);
        await Run(parley, scenario, scenario.Posts, posters: 1, inOrder: true);
    }

    /// <summary>Every body twice, in an order that the seed makes; with even seeds from several clients at once.</summary>
    public static async Task Shuffled(ParleyProcess parley, string name, int seed)
    {
        var scenario = Scenario.Load(name);
        Post[] posts = [.. scenario.Posts, .. scenario.Posts];
        new Random(seed).Shuffle(posts);
        await Run(parley, scenario, posts, seed % 2 == 0 ? Posters : 1, inOrder: false);
    }

    private static async Task Run(ParleyProcess parley, Scenario scenario, IReadOnlyList<Post> posts, int posters, bool inOrder)
    {
        var tenant = await parley.NewTenant();
        using var client = tenant.Client;
        var waiting = new ConcurrentQueue<Post>(posts);
        await Task.WhenAll(Enumerable.Range(0, posters).Select(async _ =>
        {
            while (waiting.TryDequeue(out var post))
            {
                await Send(tenant, post);
            }
        }));

        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var differences = Expectation.Compare(scenario, await Kept.Read(client), inOrder);
            if (differences.Count == 0)
            {
                return;
            }

            if (DateTime.UtcNow > deadline)
            {
                Assert.Fail($"{scenario.Name}: {scenario.Sentence}\n  {string.Join("\n  ", differences)}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    private static async Task Send(TestTenant tenant, Post post)
    {
        var answer = await tenant.Client.Send(
            HttpMethod.Post,
            $"/webhooks/evolution/{tenant.WebhookToken}{post.Tail}",
            ParleyClient.Bytes(post.Body, "application/json"));
        answer.Expect(post.Instance is null ? 400 : 200);
    }
}
