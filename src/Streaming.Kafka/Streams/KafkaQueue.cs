using System.Diagnostics.CodeAnalysis;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>The records of one partition that were read and are not done: the cache from which they are delivered, bounded in bytes, and the
/// account by which it is known how far the partition is done.</summary>
/// <remarks>
/// Whoever delivers calls a record delivered also when nobody took it: without a subscriber, after a failed handshake, where a consumer had no
/// observer, when a cursor is made anew. So nothing of what it says counts here. A record leaves when its consumer said that it is done
/// (<see cref="IDoneObserver"/>), and until then every cursor of its stream finds it, first. Cursors run on the scheduler of whoever delivers,
/// consumers on others: hence the lock.
/// </remarks>
internal sealed class KafkaQueue(KafkaStreamOptions options, TimeProvider time) : IQueueCache, IDoneObserver
{
    /// <summary>How many records are read at a time.</summary>
    private const int MostAtOnce = 100;

    /// <summary>Kafka is asked where the partition ends every few seconds, and its answer may take some.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, KafkaBatch> _open = [];
    private readonly Dictionary<StreamId, Line> _lines = [];
    private long _bytes;
    private long? _next;
    private long _readUpTo;
    private (long Offset, DateTimeOffset AsOf)? _end;
    private DateTimeOffset _caughtUpAt = time.GetUtcNow();

    /// <summary>What consumers say it to; null until it is made.</summary>
    public IDoneObserver? Reference { get; set; }

    /// <summary>The lowest offset that is not done: all before it are. Null while nothing was read.</summary>
    public long? DoneUpTo
    {
        get
        {
            lock (_lock)
            {
                return _open.Count > 0 ? _open.First().Key : _next;
            }
        }
    }

    /// <summary>The offset behind the last record that was read; null while nothing was.</summary>
    public long? NextOffset
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>The age of the oldest record that is not done. What was not read counts as written when everything was read for the last time: its
    /// age is not known, nor, while Kafka says nothing, whether there is any.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                var read = _open.Count > 0 ? now - _open.First().Value.WrittenAt : TimeSpan.Zero;
                var unread = now - _caughtUpAt;
                return unread > FreshFor && unread > read ? unread : read > TimeSpan.Zero ? read : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Bytes of the records that are not done.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether one more record may be read.</summary>
    public bool HasRoom => Bytes < options.CacheBytes;

    /// <summary>Takes in a record that was read. One that is there already changes nothing.</summary>
    public void Add(KafkaBatch record)
    {
        lock (_lock)
        {
            _next = Math.Max(_next ?? 0, record.Offset + 1);
            Reached(record.Offset + 1);
            if (!_open.TryAdd(record.Offset, record))
            {
                return;
            }

            _bytes += record.Bytes;
            if (!_lines.TryGetValue(record.StreamId, out var line))
            {
                _lines[record.StreamId] = line = new Line();
            }

            line.Open.Add(record.Offset, record);
            line.TouchedAt = time.GetTimestamp();
        }
    }

    /// <summary>All before this offset were read, or are not there any more.</summary>
    public void Reached(long offset)
    {
        lock (_lock)
        {
            _readUpTo = Math.Max(_readUpTo, offset);
            CatchUp();
        }
    }

    /// <summary>Takes in where the partition ended. An end that is not reached yet stays: a later one may never be, where much is written.</summary>
    /// <param name="offset">The one behind the last record.</param>
    /// <param name="asOf">When Kafka was asked.</param>
    public void Ends(long offset, DateTimeOffset asOf)
    {
        lock (_lock)
        {
            _end ??= (offset, asOf);
            CatchUp();
        }
    }

    public Task Done(long offset)
    {
        lock (_lock)
        {
            if (_open.Remove(offset, out var record))
            {
                _bytes -= record.Bytes;
                var line = _lines[record.StreamId];
                line.Open.Remove(offset);
                line.TouchedAt = time.GetTimestamp();
                if (line.Open.Count == 0 && line.Cursors == 0)
                {
                    _lines.Remove(record.StreamId);
                }
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The first records of streams on which nothing happened for too long: they are handed out as if they were new, so that whoever
    /// delivers looks at their streams again.</summary>
    public IReadOnlyList<IBatchContainer> Stalled()
    {
        lock (_lock)
        {
            List<IBatchContainer>? stalled = null;
            foreach (var line in _lines.Values.Where(line => line.Open.Count > 0 && time.GetElapsedTime(line.TouchedAt) >= Patience(line)))
            {
                line.TouchedAt = time.GetTimestamp();
                (stalled ??= []).Add(line.Open.Values[0]);
            }

            return stalled ?? [];
        }
    }

    public int GetMaxAddCount() => MostAtOnce;

    /// <summary>They are here since they were read.</summary>
    public void AddToCache(IList<IBatchContainer> messages)
    {
    }

    /// <summary>Nothing is purged: what is done leaves when its consumer says so.</summary>
    public bool TryPurgeFromCache([MaybeNullWhen(false)] out IList<IBatchContainer> purgedItems)
    {
        purgedItems = null;
        return false;
    }

    /// <summary>The receiver stops reading where there is no room, and goes on storing what is done.</summary>
    public bool IsUnderPressure() => false;

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) => NewCursor(streamId);

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(NewCursor(streamId));

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursorAtPosition(StreamId streamId, StreamSubscriptionStartPosition startPosition) =>
        QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(NewCursor(streamId));

    /// <summary>A cursor that nobody has is opened by none but the agent; one that it forgot is found when its streams are forgotten.</summary>
    private TimeSpan Patience(Line line) => line.Cursors > 0 ? options.RedeliverAfter : options.ForgetsStreamsAfter * 1.5;

    /// <summary>Wherever it is asked for: what is not done comes first.</summary>
    private Cursor NewCursor(StreamId streamId)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(streamId, out var line))
            {
                _lines[streamId] = line = new Line();
            }

            line.Cursors++;
            return new Cursor(this, streamId);
        }
    }

    private void CatchUp()
    {
        if (_end is { } end && _readUpTo >= end.Offset)
        {
            _caughtUpAt = end.AsOf;
            _end = null;
        }
    }

    private void Close(StreamId streamId)
    {
        lock (_lock)
        {
            var line = _lines[streamId];
            line.Cursors--;
            if (line.Open.Count == 0 && line.Cursors == 0)
            {
                _lines.Remove(streamId);
            }
        }
    }

    /// <returns>The first record of a stream that is not done; null when there is none, or when it was handed out a moment ago.</returns>
    private KafkaBatch? Next(StreamId streamId, ref (long Offset, long At)? last)
    {
        lock (_lock)
        {
            var line = _lines[streamId];
            if (line.Open.Count == 0)
            {
                return null;
            }

            var first = line.Open.Values[0];
            var now = time.GetTimestamp();
            if (last is { } before && before.Offset == first.Offset && time.GetElapsedTime(before.At, now) < options.RedeliverAfter)
            {
                return null;
            }

            last = (first.Offset, now);
            line.TouchedAt = now;
            return first;
        }
    }

    /// <summary>What is open of one stream.</summary>
    private sealed class Line
    {
        public SortedList<long, KafkaBatch> Open { get; } = [];

        public int Cursors { get; set; }

        /// <summary>When something happened to it, as a time stamp.</summary>
        public long TouchedAt { get; set; }
    }

    private sealed class Cursor(KafkaQueue queue, StreamId streamId) : IQueueCacheCursor
    {
        private (long Offset, long At)? _last;
        private KafkaBatch? _current;
        private bool _isClosed;

        public IBatchContainer? GetCurrent(out Exception? exception)
        {
            exception = null;
            return _current;
        }

        public bool MoveNext()
        {
            _current = _isClosed ? null : queue.Next(streamId, ref _last);
            return _current is not null;
        }

        public QueueCacheCursorMoveResult MoveNextWithResult() => MoveNext() ? QueueCacheCursorMoveResult.Success : QueueCacheCursorMoveResult.NoData;

        public void Refresh(StreamSequenceToken token)
        {
        }

        /// <summary>It was not done: it comes again.</summary>
        public void RecordDeliveryFailure()
        {
        }

        public void Dispose()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                queue.Close(streamId);
            }
        }
    }
}
