using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Crash.Tests;

/// <summary>A stop while the store hangs.</summary>
public sealed class StopTests
{
    private const string Peer = "5511987650002";

    /// <summary>It waits for its edits for 10 s; the rest is for orderly endings.</summary>
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(30);

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
            Assert.Equal(0, await parley.Stop());
            Assert.True(watch.Elapsed < StopBound, $"It took {watch.Elapsed}.");
        }

        Assert.Contains("did not take 1 edits that were answered", parley.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("before it was ready", parley.Output, StringComparison.Ordinal);
    }

    /// <summary>What is left to do after the requests needs time, too.</summary>
    [Fact]
    public async Task A_request_that_takes_for_ever_does_not_take_all_the_time_of_a_stop()
    {
        using var directory = new TemporaryDirectory();
        await using var parley = await ParleyProcess.Start(directory.Path);
        var tenant = await parley.NewTenant();
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, parley.Address.Port, TestContext.Current.CancellationToken);
        var stream = slow.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /webhooks/evolution/{tenant.WebhookToken} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{{"),
            TestContext.Current.CancellationToken);
        using var end = new CancellationTokenSource();
        var trickling = Trickle();
        await Task.Delay(500, TestContext.Current.CancellationToken);

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await parley.Stop());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(35), $"It took {watch.Elapsed}.");
        await end.CancelAsync();
        await trickling;

        // Fast enough for the web server, and never done.
        async Task Trickle()
        {
            try
            {
                while (!end.IsCancellationRequested)
                {
                    await stream.WriteAsync(new byte[1_000], CancellationToken.None);
                    await Task.Delay(100, CancellationToken.None);
                }
            }
            catch (IOException)
            {
                // It was cut off.
            }
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
