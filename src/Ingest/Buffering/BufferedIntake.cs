using System.Buffers;
using Microsoft.Extensions.Logging;
using Parley.Ports;

namespace Parley.Ingest.Buffering;

/// <summary>Takes webhooks at the door of a node that keeps them in a buffer first: checked as far as the body alone tells, made durable
/// there, and only then answered.</summary>
public sealed partial class BufferedIntake
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a failure counts where nothing is put after it: what nobody posts is not missed.</summary>
    private static readonly TimeSpan FailureCounts = TimeSpan.FromMinutes(1);

    private readonly IWebhookBuffer _buffer;
    private readonly IWebhookReader _reader;
    private readonly IMediaStore _media;
    private readonly IntakeOptions _options;
    private readonly WaitingEdits _edits;
    private readonly TimeProvider _time;
    private readonly ILogger<BufferedIntake> _logger;

    /// <summary>When the buffer failed last, as a time stamp; 0 = it took something since.</summary>
    private long _failedAt;

    internal BufferedIntake(
        IWebhookBuffer buffer,
        IWebhookReader reader,
        IMediaStore media,
        IntakeOptions options,
        WaitingEdits edits,
        TimeProvider time,
        ILogger<BufferedIntake> logger) =>
        (_buffer, _reader, _media, _options, _edits, _time, _logger) = (buffer, reader, media, options, edits, time, logger);

    /// <summary>Puts one body into the buffer.</summary>
    /// <exception cref="WebhookFormatException">Not JSON, or no envelope.</exception>
    /// <exception cref="BodyTooLargeException">Above <see cref="IntakeOptions.MostBodyBytes"/>.</exception>
    /// <exception cref="IntakeUnavailableException">The buffer did not take it for <see cref="IntakeOptions.Patience"/>, or its body is too
    /// large for the buffer and the store did not take that.</exception>
    public async Task Put(WebhookOwner owner, Stream body, CancellationToken cancellationToken)
    {
        var receivedAt = _time.GetUtcNow();
        var (webhook, name) = await Read(owner, receivedAt, body, cancellationToken);
        await Put(webhook, name, cancellationToken);
    }

    /// <summary>Whether webhooks can be taken now: the buffer answers, and took what it was last given.</summary>
    public async Task<bool> Takes(CancellationToken cancellationToken) =>
        !HasFailed() && await _buffer.IsThere(cancellationToken);

    private bool HasFailed()
    {
        var failedAt = Volatile.Read(ref _failedAt);
        return failedAt != 0 && _time.GetElapsedTime(failedAt) < FailureCounts;
    }

    private async Task<(BufferedWebhook Webhook, string Event)> Read(
        WebhookOwner owner, DateTimeOffset receivedAt, Stream body, CancellationToken cancellationToken)
    {
        var most = (int)Math.Min(_buffer.MostBodyBytes, _options.MostBodyBytes);
        var start = ArrayPool<byte>.Shared.Rent(most + 1);
        try
        {
            var length = await body.ReadAtLeastAsync(start.AsMemory(0, most + 1), most + 1, throwOnEndOfStream: false, cancellationToken);
            if (length > most)
            {
                return await StoreLarge(owner, receivedAt, start.AsMemory(0, length), body, cancellationToken);
            }

            var bytes = start.AsMemory(0, length).ToArray();
            var reading = _reader.Read(bytes, receivedAt);
            return (new BufferedWebhook(owner, reading.Instance, receivedAt, bytes), reading.Event);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(start);
        }
    }

    /// <summary>Stores a body that is too large for the buffer while it is read, and looks whether it has an envelope.</summary>
    private async Task<(BufferedWebhook Webhook, string Event)> StoreLarge(
        WebhookOwner owner, DateTimeOffset receivedAt, ReadOnlyMemory<byte> start, Stream rest, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await _media.Create(BufferedWebhook.SpaceOf(owner), cancellationToken);
            await using var copied = new CopyingStream(start, rest, file);

            // Its media is stored by whoever takes it in: here it is only passed over.
            var bytes = await _reader.ReadBody(
                copied, _options.MostBodyBytes, static _ => Task.FromResult<IMediaWriter>(new NoMediaWriter()), cancellationToken);
            var reading = _reader.Read(bytes, receivedAt);
            var stored = await file.Complete(cancellationToken);
            return (new BufferedWebhook(owner, reading.Instance, receivedAt, default) { BodySha256 = stored.Sha256 }, reading.Event);
        }
        catch (StoreException e)
        {
            // The body is gone with the request: only the gateway can send it again.
            IntakeMetrics.Unavailable.Add(1);
            throw new IntakeUnavailableException(e);
        }
    }

    private async Task Put(BufferedWebhook webhook, string name, CancellationToken cancellationToken)
    {
        if (!WebhookIntake.IsEdit(name))
        {
            await Insist(webhook, _options.Patience, cancellationToken);
            return;
        }

        if (!await _edits.Await(refused => Insist(webhook, Timeout.InfiniteTimeSpan, refused), cancellationToken))
        {
            LogEditWaits(_logger, webhook.Instance);
        }
    }

    /// <summary>Tries until the buffer has it.</summary>
    private async Task Insist(BufferedWebhook webhook, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (patience != Timeout.InfiniteTimeSpan)
            {
                deadline.CancelAfter(patience - _time.GetElapsedTime(began));
            }

            Exception failure;
            try
            {
                await PutOrStore(webhook, deadline.Token);
                Volatile.Write(ref _failedAt, 0);
                return;
            }
            catch (Exception e) when (e is BufferUnavailableException or StoreException)
            {
                failure = e;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                failure = e;
            }

            Volatile.Write(ref _failedAt, _time.GetTimestamp());
            if (patience != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(began) + pause > patience)
            {
                IntakeMetrics.Unavailable.Add(1);
                throw new IntakeUnavailableException(failure);
            }

            IntakeMetrics.Retries.Add(1);
            await Task.Delay(pause, _time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Puts it into the buffer; a body of which only the buffer knew that it is too large goes to the media store first.</summary>
    private async Task PutOrStore(BufferedWebhook webhook, CancellationToken cancellationToken)
    {
        try
        {
            await _buffer.Put(webhook, cancellationToken);
        }
        catch (BufferBodyTooLargeException) when (webhook.BodySha256 is null)
        {
            var stored = await _media.Store(webhook, cancellationToken);
            await _buffer.Put(webhook with { Body = default, BodySha256 = stored.Sha256 }, cancellationToken);
        }
    }

    [LoggerMessage(1003, LogLevel.Warning, "The buffer is slow: an edit of instance {Instance} was answered and waits in memory.")]
    private static partial void LogEditWaits(ILogger logger, string instance);
}
