using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Reads one partition, from where the group has it done.</summary>
/// <remarks>The partition is assigned by hand: which silo reads it is for Orleans to say. For a moment two may; both deliver then, and store only
/// what is done.</remarks>
internal sealed partial class KafkaReceiver(
    KafkaStreamOptions options,
    int partition,
    KafkaQueue queue,
    StreamRecord records,
    Func<KafkaQueue, IDoneObserver> refer,
    KafkaTopic topic,
    KafkaQueues queues,
    KafkaEnds ends,
    ILogger logger) : IQueueAdapterReceiver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TopicPartition _place = new(options.Topic, partition);
    private IConsumer<byte[], byte[]>? _consumer;
    private long? _failedAt;
    private long? _stored;
    private Task _renewing = Task.CompletedTask;
    private long _renewed = Stopwatch.GetTimestamp();

    public Task Initialize(TimeSpan timeout) => Initialize(timeout, CancellationToken.None);

    public async Task Initialize(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Not on the scheduler of whoever delivers: what a grain or the like refers to would be itself.
        queue.Reference = await Task.Run(() => refer(queue), cancellationToken);
        queues.Add(queue, partition);
    }

    [Obsolete("Use the overload which accepts a CancellationToken.")]
    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        IList<IBatchContainer> found = [.. queue.Stalled()];
        ends.Ask(queues);

        // Until the topic is there, nothing waits in it.
        var rests = _failedAt is { } failedAt && Stopwatch.GetElapsedTime(failedAt) < Pause;
        if (queue.Reference is not null && topic.Ensure().IsCompletedSuccessfully && !rests)
        {
            _consumer ??= Open();
            if (Read(_consumer, found, maxCount))
            {
                Store(_consumer);
                Renew(_consumer);
            }
            else
            {
                GiveUp(_consumer);
            }
        }

        return Task.FromResult(found);
    }

    [Obsolete("Use the overload which accepts a CancellationToken.")]
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => MessagesDeliveredAsync(messages, CancellationToken.None);

    /// <summary>Says nothing of whether they are done.</summary>
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Shutdown(timeout, CancellationToken.None);

    public async Task Shutdown(TimeSpan timeout, CancellationToken cancellationToken)
    {
        queues.Remove(queue);
        if (_consumer is not { } consumer)
        {
            return;
        }

        _consumer = null;
        Store(consumer);

        // It waits for the broker, which may be away.
        await Task.Run(() => Close(consumer), cancellationToken).WaitAsync(timeout, cancellationToken);
    }

    private async Task Close(IConsumer<byte[], byte[]> consumer)
    {
        await _renewing;
        using (consumer)
        {
            consumer.Close();
        }
    }

    /// <summary>The next one goes on where this one was. A client that was refused an answer once, as where to begin, may never ask again.</summary>
    private void GiveUp(IConsumer<byte[], byte[]> consumer)
    {
        (_consumer, _stored, _failedAt) = (null, null, Stopwatch.GetTimestamp());
        _ = Task.Run(() => Close(consumer)).ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <returns>False when the client failed.</returns>
    private bool Read(IConsumer<byte[], byte[]> consumer, IList<IBatchContainer> found, int maxCount)
    {
        try
        {
            while (found.Count < maxCount && queue.HasRoom && consumer.Consume(TimeSpan.Zero) is { } result)
            {
                if (result.IsPartitionEOF)
                {
                    queue.Reached(result.Offset);
                    continue;
                }

                var record = records.Read(result, queue.Reference);
                queue.Add(record);
                found.Add(record);
            }

            return true;
        }
        catch (ConsumeException e)
        {
            LogNotRead(logger, partition, e.Error.Reason);
            return false;
        }
    }

    /// <summary>Says how far it is done; the client sends it to Kafka every <see cref="KafkaStreamOptions.CommitEvery"/>.</summary>
    private void Store(IConsumer<byte[], byte[]> consumer)
    {
        if (queue.DoneUpTo is not { } done || done == _stored)
        {
            return;
        }

        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(_place, done));
            _stored = done;
        }
        catch (KafkaException e)
        {
            LogNotStored(logger, partition, e.Error.Reason);
        }
    }

    private void Renew(IConsumer<byte[], byte[]> consumer)
    {
        if (!_renewing.IsCompleted || Stopwatch.GetElapsedTime(_renewed) < options.RenewEvery)
        {
            return;
        }

        _renewed = Stopwatch.GetTimestamp();
        var done = queue.DoneUpTo;

        // The client waits by blocking.
        _renewing = Task.Run(() => Renew(consumer, done));
    }

    /// <param name="done">Null = nothing was read since it was opened.</param>
    private void Renew(IConsumer<byte[], byte[]> consumer, long? done)
    {
        try
        {
            var kept = done is { } upTo ? new TopicPartitionOffset(_place, upTo) : consumer.Committed([_place], Patience)[0];
            if (!kept.Offset.IsSpecial)
            {
                consumer.Commit([kept]);
            }
        }
        catch (KafkaException e)
        {
            LogNotStored(logger, partition, e.Error.Reason);
        }
    }

    internal static ConsumerConfig ConfigOf(KafkaStreamOptions options) => new(new Dictionary<string, string>(options.Client, StringComparer.Ordinal))
    {
        BootstrapServers = options.BootstrapServers,
        GroupId = options.GroupId,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = true,
        AutoCommitIntervalMs = (int)options.CommitEvery.TotalMilliseconds,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,

        // What the client reads ahead lies outside of the cache: a little is enough.
        QueuedMinMessages = 1,
        QueuedMaxMessagesKbytes = Math.Max(64, options.CacheBytes / 1024 / 4),
        FetchMaxBytes = Math.Max(1 << 20, options.CacheBytes),
        MaxPartitionFetchBytes = 1 << 20,

        // Nobody else is to get the partition when it is not asked for records for a while.
        MaxPollIntervalMs = (int)TimeSpan.FromDays(1).TotalMilliseconds,
    };

    private IConsumer<byte[], byte[]> Open()
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(ConfigOf(options))
            .SetErrorHandler((_, error) => LogBroker(logger, partition, error.Reason)).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(_place, queue.NextOffset ?? Offset.Stored));
        return consumer;
    }

    [LoggerMessage(5101, LogLevel.Warning, "Partition {Partition} cannot be read and will be tried again: {Reason}")]
    private static partial void LogNotRead(ILogger logger, int partition, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "How far partition {Partition} is done could not be stored and will be: {Reason}")]
    private static partial void LogNotStored(ILogger logger, int partition, string reason);

    [LoggerMessage(5103, LogLevel.Debug, "Partition {Partition}: {Reason}")]
    private static partial void LogBroker(ILogger logger, int partition, string reason);
}
