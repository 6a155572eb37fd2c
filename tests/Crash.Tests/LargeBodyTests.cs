using System.Security.Cryptography;

namespace Parley.Crash.Tests;

/// <summary>Gateways send media as base64 inside one body: such bodies are not held in memory.</summary>
public sealed class LargeBodyTests
{
    private const string Peer = "5511987650002";

    /// <summary>The bytes go to the disk in pieces while they are read. What grows is buffers and what the collector leaves for
    /// later: a quarter of the body, so that holding it whole (200 MB as text, 150 MB as bytes) fails.</summary>
    private const long MemoryBound = 120L << 20;

    [Fact]
    public async Task A_body_of_200_MB_is_taken_and_served_without_being_held_in_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process' memory is read from /proc.");
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", new byte[1_000]));
        var before = parley.PeakMemory;
        using var body = new MediaBody(Peer, 200);
        await ExpectKept(tenant, body, await Post(tenant, body));
        var growth = parley.PeakMemory - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 20} MB before, {growth >> 20} MB more at most");
        Assert.True(growth < MemoryBound, $"Memory grew by {growth >> 20} MB.");
    }

    [Fact]
    public async Task Four_bodies_of_60_MB_are_taken_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process' memory is read from /proc.");
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", new byte[1_000]));
        var before = parley.PeakMemory;
        var bodies = Enumerable.Range(0, 4).Select(n => new MediaBody($"551198765001{n}", 60)).ToList();
        var answers = await Task.WhenAll(bodies.Select(body => Post(tenant, body)));
        for (var n = 0; n < bodies.Count; n++)
        {
            await ExpectKept(tenant, bodies[n], answers[n]);
            bodies[n].Dispose();
        }

        var growth = parley.PeakMemory - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 20} MB before, {growth >> 20} MB more at most");
        Assert.True(growth < MemoryBound, $"Memory grew by {growth >> 20} MB.");
    }

    [Fact]
    public async Task A_body_above_256_MB_is_refused_with_413_before_it_is_sent()
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        using var body = new MediaBody(Peer, 260);
        (await tenant.Client.Send(HttpMethod.Post, $"/webhooks/evolution/{tenant.WebhookToken}", body, ("Expect", "100-continue")))
            .Expect(413, "body_too_large");
        Assert.Empty((await tenant.Client.Get("/messages")).Expect(200).Data);
    }

    private static async Task<Answer> Post(TestTenant tenant, MediaBody body) =>
        (await tenant.Client.Send(HttpMethod.Post, $"/webhooks/evolution/{tenant.WebhookToken}", body)).Expect(200);

    private static async Task ExpectKept(TestTenant tenant, MediaBody body, Answer answer)
    {
        Assert.Equal(1, answer.Number("accepted"));
        var sha256 = body.Sha256();
        var message = (await tenant.Client.Get("/messages")).Expect(200).Data.First(m => m!["media"]!["size"]!.GetValue<long>() == body.Size)!;
        Assert.Equal(sha256, message["media"]!["sha256"]!.GetValue<string>());
        var served = (await tenant.Client.Get($"/messages/{message["id"]}/media")).Expect(200);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(served.Bytes)));
    }
}
