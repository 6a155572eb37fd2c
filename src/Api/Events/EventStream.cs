using System.IO.Pipelines;
using Parley.Api.Resources;
using Parley.Domain.Events;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>One reader's stream, from its place until it goes away.</summary>
/// <remarks>A page is read, written and forgotten before the next one is read, so a reader costs no more than one page, however slow it is.</remarks>
internal sealed partial class EventStream(
    EventStreams streams, IEventFeed feed, EventFilter filter, EventStart start, HttpContext context, string? tenantId, ILogger logger)
{
    /// <summary>More than comes between two looks of the tail, so that readers who keep up are at one place and share their frames.</summary>
    private const int PageSize = 250;

    private const int ChunkSize = 64 * 1024;

    /// <summary>After so many events that the filter leaves out, the client's place is moved on.</summary>
    private const int MostSkipped = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    private readonly long[] _place = [.. start.Place];
    private int _skipped;
    private Task _write = Task.CompletedTask;

    public async Task Run()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, streams.Leaving);
        EventStreams.Open.Add(1);
        try
        {
            await Follow(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has gone, or the process is about to: the client comes back with its place.
            await EndWrite();
        }
        catch (SlowReaderException)
        {
            EventStreams.CutOff.Add(1);
            LogCutOff(logger, streams.Options.WriteTimeout);
            context.Abort();
        }
        finally
        {
            EventStreams.Open.Add(-1);
        }
    }

    private async Task Follow(CancellationToken cancellationToken)
    {
        await Send(EventFrames.First(EventPlace.Write(_place)), cancellationToken);
        if (start.Reset is { } reset)
        {
            await Send(EventFrames.Reset(EventPlace.Write(_place), reset), cancellationToken);
        }

        var beat = Beat(cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = feed.Next();
            var read = await Pass(cancellationToken);
            if (read is null)
            {
                // The store is away: the reader keeps its place and its connection.
                next = Task.Delay(Pause, streams.Time, cancellationToken);
            }

            if (beat.IsCompletedSuccessfully)
            {
                await Send(EventFrames.Heartbeat, cancellationToken);
                await Mark(1, cancellationToken);
                if (!await streams.StillMay(context, tenantId))
                {
                    return;
                }

                beat = Beat(cancellationToken);
            }

            if (read is null or 0)
            {
                await Task.WhenAny(next, beat);
            }
        }
    }

    private Task Beat(CancellationToken cancellationToken) => Task.Delay(streams.Options.Heartbeat, streams.Time, cancellationToken);

    /// <returns>How many events it read; null when the store did not answer.</returns>
    private async Task<int?> Pass(CancellationToken cancellationToken)
    {
        var read = 0;
        try
        {
            for (var track = 0; track < _place.Length; track++)
            {
                read += await Pass(track, cancellationToken);
            }

            return read;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private async Task<int> Pass(int track, CancellationToken cancellationToken)
    {
        var page = await feed.Read(track, _place[track], PageSize, cancellationToken);
        if (page.Count == 0)
        {
            return 0;
        }

        var first = feed.Number(page[0]);
        if (first > _place[track] + 1)
        {
            // What lay between was dropped before it was read.
            _place[track] = first - 1;
            await Send(EventFrames.Reset(EventPlace.Write(_place), new EventResetResource(EventStart.Oldest(_place))), cancellationToken);
        }

        var wanted = new List<LoggedEvent>();
        foreach (var e in page)
        {
            if (filter.Wants(e.Subject, e.Facts))
            {
                wanted.Add(e);
                _skipped = 0;
            }
            else
            {
                _skipped++;
            }
        }

        if (wanted.Count > 0)
        {
            await Send(await Frames(track, wanted, cancellationToken), cancellationToken);
        }

        _place[track] = feed.Number(page[^1]);
        await Mark(MostSkipped, cancellationToken);
        return page.Count;
    }

    private Task<ReadOnlyMemory<byte>> Frames(int track, List<LoggedEvent> wanted, CancellationToken cancellationToken)
    {
        if (tenantId is not null)
        {
            return streams.Frames(filter, wanted).WaitAsync(cancellationToken);
        }

        var place = _place.ToArray();
        return streams.Frames(
            wanted,
            e =>
            {
                place[track] = feed.Number(e);
                return EventPlace.Write(place);
            },
            cancellationToken);
    }

    /// <summary>Moves the client's place on when so many events were left out since it last heard of one.</summary>
    private async Task Mark(int skipped, CancellationToken cancellationToken)
    {
        if (_skipped >= skipped)
        {
            await Send(EventFrames.Mark(EventPlace.Write(_place)), cancellationToken);
            _skipped = 0;
        }
    }

    /// <exception cref="SlowReaderException">The reader did not take it.</exception>
    private Task Send(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _write = Write(bytes);
        return _write.WaitAsync(cancellationToken);
    }

    private async Task Write(ReadOnlyMemory<byte> bytes)
    {
        for (var sent = 0; sent < bytes.Length; sent += ChunkSize)
        {
            // Not cancelled: Kestrel resets a connection whose write is, also when the client has all of it already.
            var write = context.Response.BodyWriter.WriteAsync(bytes[sent..Math.Min(sent + ChunkSize, bytes.Length)], CancellationToken.None);
            if ((write.IsCompletedSuccessfully ? await write : await Patiently(write.AsTask())).IsCompleted)
            {
                throw new OperationCanceledException(context.RequestAborted);
            }
        }
    }

    private async Task<FlushResult> Patiently(Task<FlushResult> write)
    {
        try
        {
            return await write.WaitAsync(streams.Options.WriteTimeout, streams.Time, CancellationToken.None);
        }
        catch (TimeoutException e)
        {
            throw new SlowReaderException(e);
        }
    }

    /// <summary>Lets what is being written come to its end: a response that ends well ends with a whole frame. Nobody waits long for a reader that takes nothing.</summary>
    private async Task EndWrite()
    {
        await Task.WhenAny(_write, Task.Delay(LastMoment, streams.Time));
        if (!_write.IsCompletedSuccessfully)
        {
            context.Abort();
            await _write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "A reader of events was cut off: it did not take what was sent within {Patience}.")]
    private static partial void LogCutOff(ILogger logger, TimeSpan patience);

    private sealed class SlowReaderException(Exception inner) : Exception("The reader does not take what is sent.", inner);
}
