using System.Diagnostics;

namespace Parley.Crash.Tests;

/// <summary>A stop while the store hangs.</summary>
public sealed class StopTests
{
    private const string Peer = "5511987650002";

    /// <summary>Its own timeout is 40 s; orderly endings of what holds nothing come on top.</summary>
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(55);

    [Fact]
    public async Task A_stop_makes_durable_what_was_answered_and_waits_in_memory()
    {
        using var directory = new TemporaryDirectory();
        var edited = Webhook.NewId();
        TestTenant tenant;
        Task<Answer> held;
        await using (var parley = await ParleyProcess.Start(directory.Path))
        {
            tenant = await parley.NewTenant();
            await tenant.Accept(Webhook.Text(Peer, "before", edited));
            Task<int> stop;
            using (WriteLock.Take(directory.Path))
            {
                held = tenant.Webhook(Webhook.Text(Peer, "held"));
                (await tenant.Webhook(Edits.Event(Peer, edited, "after"))).Expect(200);
                stop = parley.Stop();
                await Poll.Until(() => NoLongerListens(parley), "It stops listening");
                Assert.False(stop.IsCompleted);
            }

            Assert.Equal(0, await stop);
        }

        await using var again = await ParleyProcess.Start(directory.Path);
        using var client = again.With(tenant.ApiKey);
        var texts = (await client.Get("/messages?order=asc")).Expect(200).Data.Select(static m => m!["text"]!.GetValue<string>()).ToList();
        Assert.Equal((await held).Status == 200 ? 2 : 1, texts.Count);
        Assert.Contains("after", texts);
    }

    [Fact]
    public async Task A_stop_ends_in_its_time_though_the_store_never_comes_back()
    {
        using var directory = new TemporaryDirectory();
        await using var parley = await ParleyProcess.Start(directory.Path);
        var tenant = await parley.NewTenant();
        var edited = Webhook.NewId();
        await tenant.Accept(Webhook.Text(Peer, "before", edited));
        using (WriteLock.Take(directory.Path))
        {
            (await tenant.Webhook(Edits.Event(Peer, edited, "after"))).Expect(200);
            var watch = Stopwatch.StartNew();
            await parley.Stop();
            Assert.True(watch.Elapsed < StopBound, $"It took {watch.Elapsed}.");
        }
    }

    private static async Task<bool> NoLongerListens(ParleyProcess parley)
    {
        try
        {
            using var nobody = parley.With(null);
            await nobody.Get("/health/live");
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }
}
