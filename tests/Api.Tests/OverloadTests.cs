using System.Net;

namespace Parley.Api.Tests;

/// <summary>What a node cannot do now is answered with 503 and the time to try again.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Requests_beyond_the_bound_are_told_to_come_again()
    {
        await using var parley = await ParleyProcess.Start(
            null, "--Parley:MaxConcurrentRequests", "1", "--Parley:MaxWaitingRequests", "0");
        var tenant = await parley.NewTenant();

        // The server asks for the body when the request runs, and looks at its beginning before it has its turn: a look at the one place may
        // be in it just then. Then the slow request is refused itself, when its body has come.
        HeldContent held;
        Task<Answer> slow;
        Answer? refused = null;
        while (true)
        {
            held = new HeldContent(Webhook.Text("5511987650002", "slow").ToJsonString());
            slow = tenant.Client.Send(
                HttpMethod.Post, $"/webhooks/evolution/{tenant.WebhookToken}", held, ("Expect", "100-continue"));
            await Task.WhenAny(held.Begun, slow);
            for (var look = 0; look < 20 && refused is not { Status: 503 } && !slow.IsCompleted; look++)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
                refused = await tenant.Client.Get("/messages");
            }

            if (refused is { Status: 503 })
            {
                break;
            }

            held.Release();
            (await slow).Expect(503, "overloaded");
        }

        refused.Expect(503, "overloaded");
        Assert.NotNull(refused.Header("Retry-After"));
        (await tenant.Client.Get("/health/live")).Expect(200);
        held.Release();
        (await slow).Expect(200);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_is_told_of_after_some_patience()
    {
        using var directory = new TemporaryDirectory();
        TestTenant tenant;
        await using (var parley = await ParleyProcess.Start(directory.Path))
        {
            tenant = await parley.NewTenant();
            await tenant.Accept(Webhook.Text("5511987650002", "kept"));
            await parley.Stop();
        }

        await using var full = await ParleyProcess.Start(
            directory.Path, "--Parley:Sqlite:QueueLimit", "0", "--Parley:Intake:Patience", "00:00:01");
        using var client = full.With(tenant.ApiKey);
        var refused = await (tenant with { Client = client }).Webhook(Webhook.Text("5511987650002", "not kept"));
        refused.Expect(503, "store_unavailable");
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Single((await client.Get("/messages")).Expect(200).Data);
    }

    /// <summary>A body whose second half is sent when it is told to.</summary>
    private sealed class HeldContent(string body) : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly byte[] _bytes = System.Text.Encoding.UTF8.GetBytes(body);

        public Task Begun => _begun.Task;

        public void Release() => _released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, 10));
            await stream.FlushAsync();
            _begun.SetResult();
            await _released.Task;
            await stream.WriteAsync(_bytes.AsMemory(10));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return true;
        }
    }
}
