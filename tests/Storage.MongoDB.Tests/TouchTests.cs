using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>The last webhooks of many sessions go together.</summary>
public sealed class TouchTests : ProxiedStoreTests
{
    private const string Tenant = "acme";

    private ISessionStore Sessions => Get<ISessionStore>();

    [Fact]
    public async Task What_comes_while_one_is_written_goes_in_one_request()
    {
        const int sessions = 100;
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < sessions; i++)
        {
            var session = new Session
            {
                SessionId = $"s{i}",
                InstanceName = $"s{i}",
                Version = 1,
                Status = SessionStatus.Open,
                CreatedAt = noon,
                UpdatedAt = noon,
            };
            await Sessions.Commit(new SessionCommit { TenantId = Tenant, Session = session }, Token);
        }

        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var requests = 0;
        Proxy.OnCommand = async name =>
        {
            if (name == "update" && Interlocked.Increment(ref requests) == 1)
            {
                reached.SetResult();
                await release.Task;
            }

            return ProxyAction.Forward;
        };
        var first = Sessions.Touch(Tenant, "s0", noon, Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var others = Enumerable.Range(0, sessions)
            .SelectMany(i => new[] { 2, 3, 1 }.Select(minute => Sessions.Touch(Tenant, $"s{i}", noon.AddMinutes(minute), Token)))
            .ToList();
        Assert.DoesNotContain(others, touch => touch.IsCompleted);
        release.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(2, requests);
        for (var i = 0; i < sessions; i++)
        {
            Assert.Equal(noon.AddMinutes(3), (await Sessions.ReadEntry(Tenant, $"s{i}", Token))!.LastReceivedAt);
        }
    }

    [Fact]
    public async Task Whoever_waits_is_told_when_it_fails_and_the_next_is_written()
    {
        Proxy.GoDown();
        await Assert.ThrowsAnyAsync<StoreException>(() => Sessions.Touch(Tenant, "s", DateTimeOffset.UnixEpoch, Token));
        Proxy.Heal();
        var noted = await Record.ExceptionAsync(async () =>
        {
            for (var attempt = 0; attempt < 20; attempt++)
            {
                try
                {
                    await Sessions.Touch(Tenant, "s", DateTimeOffset.UnixEpoch, Token);
                    return;
                }
                catch (StoreException) when (attempt < 19)
                {
                    // The driver has not found the server again yet; each attempt waits for it.
                }
            }
        });
        Assert.Null(noted);
    }
}
