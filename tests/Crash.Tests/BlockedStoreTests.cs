using System.Diagnostics;
using System.Globalization;

namespace Parley.Crash.Tests;

/// <summary>Another program holds the database's write lock: the writer hangs, fails, and comes back.</summary>
public sealed class BlockedStoreTests
{
    private const string Peer = "5511987650002";

    private static readonly TimeSpan Held = TimeSpan.FromSeconds(6);

    /// <summary>The promise is 2 s; the rest is for a machine that has other things to do.</summary>
    private static readonly TimeSpan EditBound = TimeSpan.FromSeconds(10);

    /// <summary>Its gateway holds up the whole line until it is answered.</summary>
    [Fact]
    public async Task An_edit_does_not_wait_behind_what_waits_for_the_store()
    {
        using var directory = new TemporaryDirectory();
        await using var parley = await ParleyProcess.Start(directory.Path, "--Parley:MaxConcurrentRequests", "2", "--Parley:MaxWaitingRequests", "10");
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "before", "E1"));
        Task<Answer>[] others;
        using (WriteLock.Take(directory.Path))
        {
            others = [.. Enumerable.Range(0, 6).Select(n => tenant.Webhook(Webhook.Text(Peer, $"other {n}")))];
            await Task.Delay(500, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(others, static o => o.IsCompleted);

            var watch = Stopwatch.StartNew();
            (await tenant.Webhook(Edits.Event(Peer, "E1", "after"))).Expect(200);
            Assert.True(watch.Elapsed < EditBound, $"It took {watch.Elapsed}.");
        }

        Assert.All(await Task.WhenAll(others), static o => o.Expect(200));
        await Poll.Until(
            async () => (await tenant.Client.Get("/messages?externalId=E1")).Data.Single()!["text"]!.GetValue<string>() == "after", "it is changed");
    }

    [Fact]
    public async Task While_the_writer_is_blocked_webhooks_wait_edits_do_not_and_readers_go_on()
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        var edited = Webhook.NewId();
        await tenant.Accept(Webhook.Text(Peer, "before", edited));

        List<Task<Answer>> posts;
        List<TimeSpan> edits = [];
        using (WriteLock.Take(parley.DataDirectory))
        {
            var since = Stopwatch.StartNew();
            posts = [.. Enumerable.Range(0, 24).Select(n => tenant.Webhook(Webhook.Text(PeerOf(n), "held", Webhook.NewId())))];
            for (var n = 1; n <= 3; n++)
            {
                var watch = Stopwatch.StartNew();
                (await tenant.Webhook(Edits.Event(Peer, edited, $"edit {n}"))).Expect(200);
                edits.Add(watch.Elapsed);
            }

            while (since.Elapsed < Held)
            {
                var watch = Stopwatch.StartNew();
                Assert.Equal("before", (await tenant.Client.Get("/messages")).Expect(200).Data.Single()!["text"]!.GetValue<string>());
                (await tenant.Client.Get("/conversations")).Expect(200);
                Assert.True(watch.Elapsed < EditBound, $"Reading took {watch.Elapsed}.");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            Assert.DoesNotContain(posts, static post => post.IsCompleted);
        }

        foreach (var post in posts)
        {
            (await post).Expect(200);
        }

        Assert.All(edits, static edit => Assert.True(edit < EditBound, $"An edit was answered after {edit}."));
        await Poll.Until(async () => await Text(tenant, edited) == "edit 3", "The last edit is applied");
        await Check(tenant, 25);
    }

    [Fact]
    public async Task After_20_s_a_held_webhook_is_answered_503_and_kept_once_when_it_is_repeated()
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "before"));
        var bodies = Enumerable.Range(0, 8).Select(n => Webhook.Text(PeerOf(n), "held")).ToList();
        using (WriteLock.Take(parley.DataDirectory))
        {
            var watch = Stopwatch.StartNew();
            var answers = await Task.WhenAll(bodies.Select(body => tenant.Webhook(body.DeepClone())));
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(40));
            Assert.All(answers, static answer =>
            {
                answer.Expect(503, "store_unavailable");
                Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
            });
        }

        foreach (var body in bodies)
        {
            await tenant.Accept(body);
        }

        await Check(tenant, 9);
    }

    private static string PeerOf(int n) => $"55119876500{10 + n}";

    private static async Task<string?> Text(TestTenant tenant, string externalId) =>
        (await tenant.Client.Get($"/messages?externalId={externalId}")).Expect(200).Data.Single()!["text"]?.GetValue<string>();

    private static async Task Check(TestTenant tenant, int messages)
    {
        var kept = await Kept.Read(tenant.Client);
        Assert.Equal(messages, kept.Messages.Count);
        Assert.Equal(messages, kept.Messages.Select(static m => m["externalId"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count());
        var differences = new Differences();
        foreach (var conversation in kept.Conversations)
        {
            Recount.Check(conversation, differences);
        }

        Assert.Empty(differences.List);
        Assert.Empty(kept.Quarantine);
    }
}
