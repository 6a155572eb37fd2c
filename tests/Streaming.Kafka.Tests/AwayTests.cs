using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Parley.BlackBox;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>A broker that is away for long: <c>PARLEY_KAFKA_AWAY</c> says for how many minutes.</summary>
public sealed partial class AwayTests
{
    private const int People = 200;
    private const long Megabyte = 1024 * 1024;

    /// <summary>The backlog lies on the disk. In an hour the process grew by 155 MB, most of it in its first minutes (heap, page caches of the
    /// store), and by 67 MB when all of it went to Kafka at once.</summary>
    private const long MayGrow = 300 * Megabyte;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_the_order_is_kept_memory_is_bounded_and_nobody_else_notices()
    {
        var away = Environment.GetEnvironmentVariable("PARLEY_KAFKA_AWAY") is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : TimeSpan.FromSeconds(10);
        await using var broker = await KafkaBroker.Start();
        await broker.Kill();
        var options = new KafkaOptions { BootstrapServers = broker.Servers, TopicPrefix = KafkaServer.FreshPrefix() };
        await using var parley = await ParleyProcess.Start(null, options.Arguments());
        var tenant = await parley.NewTenant();

        // Everybody has written once: what is there now is not the backlog.
        var said = 0;
        while (said < People)
        {
            await tenant.Accept(Webhook.Text(Peer(said), $"said {said++}"));
        }

        var (memory, slowest) = (new List<long> { parley.ResidentMemory }, TimeSpan.Zero);
        var clock = Stopwatch.StartNew();
        for (var tenths = 1; tenths <= 10; tenths++)
        {
            while (clock.Elapsed < away * tenths / 10)
            {
                var began = clock.Elapsed;
                await tenant.Accept(Webhook.Text(Peer(said), $"said {said++}"));
                slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, (clock.Elapsed - began).Ticks));
                await Task.Delay(Pause, Token);
            }

            memory.Add(parley.ResidentMemory);
        }

        // Its topics could not be made yet: nobody publishes, and that shows.
        using var admin = parley.Admin();
        var waits = double.Parse(OldestWaiting().Match((await admin.Get("/metrics")).Expect(200).Body).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(waits > away.TotalSeconds / 2, $"The oldest event waits {waits} s, as it is told.");

        // One session, and one conversation with each of them.
        var events = 1 + People + said;
        for (var position = 0L; position < events;)
        {
            var page = (await tenant.Client.Get($"/events?after={position}&limit=200", ("Accept", "application/json"))).Expect(200).Data;
            Assert.NotEmpty(page);
            Assert.All(page, e => Assert.Equal(++position, e!["position"]!.GetValue<long>()));
        }

        var back = Stopwatch.StartNew();
        await broker.StartAgain();
        await Poll.Until(
            async () => Published().Matches((await admin.Get("/metrics")).Expect(200).Body)
                .Sum(static line => long.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture)) >= events,
            "everything in Kafka",
            TimeSpan.FromMinutes(2));
        var caughtUp = back.Elapsed;
        memory.Add(parley.ResidentMemory);

        var byKey = Topics.Read(options).WithoutRepeats();
        Assert.Equal(Enumerable.Range(1, events).Select(static n => (long)n), byKey.Values.SelectMany(static positions => positions).Order());
        Figures.Report(
            $"{away.TotalMinutes:N1} minutes without Kafka, {said} webhooks, slowest {slowest.TotalMilliseconds:N0} ms, all told {caughtUp.TotalSeconds:N1} s "
            + $"after its start; MB resident: {string.Join(" ", memory.Select(static bytes => bytes / Megabyte))}");
        Assert.True(memory.Max() - memory[0] < MayGrow, $"MB resident: {string.Join(" ", memory.Select(static bytes => bytes / Megabyte))}");
    }

    private static string Peer(int n) => string.Create(CultureInfo.InvariantCulture, $"55119876{50_100 + (n % People)}");

    [GeneratedRegex(@"^parley_kafka_published_total(?:\{[^}]*\})? (\d+)", RegexOptions.Multiline)]
    private static partial Regex Published();

    [GeneratedRegex(@"^parley_kafka_oldest_unpublished_seconds(?:\{[^}]*\})? ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex OldestWaiting();
}
