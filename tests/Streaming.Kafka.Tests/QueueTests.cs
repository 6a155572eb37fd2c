using Microsoft.Extensions.Time.Testing;
using Orleans.Streams;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>The account of one partition, whatever whoever delivers does with its cursors.</summary>
public sealed class QueueTests
{
    private const int CacheBytes = 4_000;

    private readonly FakeTimeProvider _time = new();
    private readonly KafkaStreamOptions _options = new()
    {
        BootstrapServers = "",
        Topic = "t",
        GroupId = "g",
        Namespace = "n",
        Partitions = 1,
        CacheBytes = CacheBytes,
    };

    private KafkaQueue Queue => field ??= new KafkaQueue(_options, _time);

    [Fact]
    public void nothing_is_known_before_something_was_read() => Assert.Null(Queue.DoneUpTo);

    [Fact]
    public async Task the_checkpoint_is_the_lowest_offset_that_is_not_done()
    {
        Add(5, "a");
        Add(6, "b");
        Add(9, "a");

        await Queue.Done(6);
        Assert.Equal(5, Queue.DoneUpTo);
        await Queue.Done(5);
        Assert.Equal(9, Queue.DoneUpTo);
        await Queue.Done(9);
        await Queue.Done(9);
        Assert.Equal(10, Queue.DoneUpTo);
        Assert.Equal(0, Queue.Bytes);
    }

    [Fact]
    public void what_is_there_and_was_not_read_waits_and_so_may_it_while_Kafka_does_not_tell()
    {
        Assert.Equal(TimeSpan.Zero, Queue.Waiting);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), Queue.Waiting);

        // There is more than was read.
        Queue.Ends(7, _time.GetUtcNow());
        Queue.Reached(5);
        Assert.Equal(TimeSpan.FromMinutes(1), Queue.Waiting);
        _time.Advance(TimeSpan.FromMinutes(1));
        Queue.Reached(7);
        Assert.Equal(TimeSpan.FromMinutes(1), Queue.Waiting);

        Queue.Ends(7, _time.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, Queue.Waiting);
    }

    [Fact]
    public async Task a_record_has_room_again_when_it_is_done_not_when_it_is_delivered()
    {
        var offset = 0L;
        while (Queue.HasRoom)
        {
            Add(offset++, "a", 1_000);
        }

        Assert.InRange(Queue.Bytes, CacheBytes, CacheBytes + 2_000);
        using var cursor = Cursor("a");
        Assert.Equal(0, Next(cursor));
        Assert.False(Queue.TryPurgeFromCache(out _));
        Assert.False(Queue.HasRoom);

        await Queue.Done(0);
        await Queue.Done(1);
        Assert.True(Queue.HasRoom);
    }

    [Fact]
    public async Task a_cursor_stays_at_what_is_not_done()
    {
        Add(1, "a");
        Add(2, "b");
        Add(3, "a");
        using var cursor = Cursor("a");

        Assert.Equal(1, Next(cursor));

        // Delivered to nobody: it comes again, after a while, and nothing comes before it.
        Assert.Null(Next(cursor));
        _time.Advance(_options.RedeliverAfter);
        Assert.Equal(1, Next(cursor));
        cursor.RecordDeliveryFailure();
        _time.Advance(_options.RedeliverAfter);
        Assert.Equal(1, Next(cursor));

        await Queue.Done(1);
        Assert.Equal(3, Next(cursor));
        await Queue.Done(3);
        Assert.Null(Next(cursor));
    }

    /// <summary>After an error whoever delivers makes a new cursor, mostly at the end.</summary>
    [Fact]
    public void a_new_cursor_begins_with_what_is_not_done_wherever_it_is_asked_for()
    {
        Add(1, "a");
        Add(2, "a");
        using (var cursor = Cursor("a"))
        {
            Next(cursor);
        }

        using var anew = Queue.TryGetCacheCursor(Stream("a"), new Orleans.Providers.Streams.Common.EventSequenceTokenV2(2)).Cursor!;
        Assert.Equal(1, Next(anew));
    }

    [Fact]
    public async Task a_stream_on_which_nothing_happens_is_handed_out_again()
    {
        Add(1, "a");
        Add(2, "a");
        using var cursor = Cursor("a");
        Next(cursor);
        Assert.Empty(Queue.Stalled());

        _time.Advance(_options.RedeliverAfter);
        Assert.Equal([1L], Queue.Stalled().Select(static b => b.SequenceToken.SequenceNumber));
        Assert.Empty(Queue.Stalled());

        await Queue.Done(1);
        await Queue.Done(2);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(Queue.Stalled());
    }

    /// <summary>Nobody subscribes (yet), or whoever delivers has forgotten the stream.</summary>
    [Fact]
    public void a_stream_without_a_cursor_is_handed_out_when_it_may_be_forgotten()
    {
        Add(1, "a");
        Cursor("a").Dispose();

        _time.Advance(_options.ForgetsStreamsAfter);
        Assert.Empty(Queue.Stalled());
        _time.Advance(_options.ForgetsStreamsAfter);
        Assert.Single(Queue.Stalled());
        Assert.Equal(1, Queue.DoneUpTo);
    }

    [Fact]
    public void what_is_read_twice_is_there_once()
    {
        Add(1, "a");
        var bytes = Queue.Bytes;
        Add(1, "a");

        Assert.Equal(bytes, Queue.Bytes);
        Assert.Equal(1, Queue.DoneUpTo);
    }

    private static StreamId Stream(string key) => StreamId.Create("n", key);

    private static long? Next(IQueueCacheCursor cursor) => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success
        ? cursor.GetCurrent(out _)!.SequenceToken.SequenceNumber
        : null;

    private IQueueCacheCursor Cursor(string key) => Queue.TryGetCacheCursor(Stream(key), null).Cursor!;

    private void Add(long offset, string key, int length = 10) =>
        Queue.Add(new KafkaBatch(Stream(key), offset, [new object()], length, DateTimeOffset.UnixEpoch, null));
}
