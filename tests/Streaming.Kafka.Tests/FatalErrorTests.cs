using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Streaming.Kafka.Publishing;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>An idempotent producer that met a fatal error is replaced.</summary>
public sealed class FatalErrorTests
{
    private const int OutOfOrderSequence = 45;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_producer_that_broke_between_two_batches_is_replaced()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await shop.Say("acme", 2, 3);
        await shop.PublishAll();
        var before = shop.Producer.Present!;
        Break(before);
        await shop.Say("acme", 2, 3);
        await PublishAgainstTrouble(shop);

        Assert.NotSame(before, shop.Producer.Present);
        Assert.True(await shop.HasAll());
    }

    [Fact]
    public async Task A_producer_that_breaks_with_batches_under_way_ends_all_of_them()
    {
        await using var broker = await KafkaBroker.Start();
        await using var shop = new Shop(broker.Servers);
        await shop.MakeTopics();
        await shop.Say("acme", 2, 3);
        await shop.PublishAll();
        await broker.Kill();
        var before = await Count(shop);
        await shop.Say("acme", 2, 3);
        var more = await Count(shop) - before;

        // Two batches wait for a broker that is away, without end.
        var waiting = new[] { shop.Publisher(), shop.Publisher() }.Select(publisher => publisher.Step(Token)).ToList();
        while (shop.Producer.Present!.Flush(TimeSpan.Zero) < 2 * more)
        {
            await Task.Delay(20, Token);
        }

        Assert.All(waiting, step => Assert.False(step.IsCompleted));
        Break(shop.Producer.Present!);
        foreach (var step in waiting)
        {
            await Assert.ThrowsAsync<KafkaException>(() => step.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }

        await broker.StartAgain();
        await PublishAgainstTrouble(shop);
        Assert.True(await shop.HasAll());
    }

    [Fact]
    public async Task What_was_deleted_while_the_brokers_were_away_is_not_told_when_they_are_back()
    {
        await using var broker = await KafkaBroker.Start();
        await using var shop = new Shop(broker.Servers);
        await shop.MakeTopics();
        await broker.Kill();
        await shop.Say("acme", 2, 3);
        shop.Renderer.Text = "a secret";
        var time = new FakeTimeProvider();
        using var producer = new EventProducer(shop.Options, time, NullLogger<EventProducer>.Instance);
        var waiting = shop.Publisher(producer: producer).Step(Token);
        while (!waiting.IsCompleted)
        {
            await Task.Delay(50, Token);
            time.Advance(EventProducer.Patience);
        }

        await Assert.ThrowsAsync<KafkaException>(() => waiting);
        shop.Renderer.Text = "deleted";
        await broker.StartAgain();
        await PublishAgainstTrouble(shop, producer);
        Assert.True(await shop.HasAll());
        Assert.All(Topics.Read(shop.Options), static r => Assert.Contains("deleted", Encoding.UTF8.GetString(r.Message.Value), StringComparison.Ordinal));
    }

    private static async Task<int> Count(Shop shop) => (await shop.Log.ReadShard(0, 0, 100_000, Token)).Count;

    private static async Task PublishAgainstTrouble(Shop shop, EventProducer? producer = null)
    {
        var publisher = shop.Publisher(producer: producer);
        while (true)
        {
            try
            {
                if (!await publisher.Step(Token))
                {
                    return;
                }
            }
            catch (KafkaException)
            {
                // As the grain does, without its pause.
            }
        }
    }

    /// <summary>Raises the error by the client's own means for tests, which its wrapper does not show.</summary>
    private static void Break(IProducer<byte[], byte[]> producer)
    {
        var handle = (SafeHandle)typeof(Handle)
            .GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!
            .GetValue(producer.Handle)!;

        // Several builds of the library come with the wrapper: the one that it has loaded.
        var path = File.ReadLines("/proc/self/maps").First(static line => line.Contains("librdkafka", StringComparison.Ordinal)).Split(' ')[^1];
        var export = NativeLibrary.GetExport(NativeLibrary.Load(path), "rd_kafka_test_fatal_error");
        var raise = Marshal.GetDelegateForFunctionPointer<TestFatalError>(export);
        Assert.Equal(0, raise(handle.DangerousGetHandle(), OutOfOrderSequence, "broken by a test"));
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int TestFatalError(nint client, int error, [MarshalAs(UnmanagedType.LPUTF8Str)] string reason);
}
