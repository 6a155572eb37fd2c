using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest.Buffering;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>The one way of a payload to the grains: read, made durable, and only then answered.</summary>
public sealed partial class WebhookIntake
{
    /// <summary>The code of a body that was answered and that nobody can read.</summary>
    internal const string NotReadableCode = "not_readable";

    /// <summary>By which a row of quarantine names a body in the media store.</summary>
    private const string BodyName = "bodySha256";

    private static readonly int PlaceLength = PlaceOf(new string('0', 64)).Length;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>What a stop has left after the requests that it waited for, without the time to leave a cluster.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);

    private readonly IntakeServices _services;
    private readonly IWebhookReader _reader;
    private readonly IMediaStore _media;
    private readonly IntakeOptions _options;
    private readonly WaitingEdits _edits;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookIntake> _logger;

    internal WebhookIntake(
        IntakeServices services,
        IWebhookReader reader,
        IMediaStore media,
        IntakeOptions options,
        WaitingEdits edits,
        TimeProvider time,
        ILogger<WebhookIntake> logger) =>
        (_services, _reader, _media, _options, _edits, _time, _logger) = (services, reader, media, options, edits, time, logger);

    /// <summary>Takes in one body.</summary>
    /// <returns>What became of its parts, all of it durable (but an edit that waits; see <see cref="IntakeOptions.EditedPatience"/>).</returns>
    /// <exception cref="WebhookFormatException">Not JSON, or no envelope.</exception>
    /// <exception cref="BodyTooLargeException">Above <see cref="IntakeOptions.MostBodyBytes"/>.</exception>
    /// <exception cref="IntakeUnavailableException">The store did not answer for <see cref="IntakeOptions.Patience"/>.</exception>
    public Task<IntakeCounts> Take(string tenantId, Stream body, CancellationToken cancellationToken) =>
        Take(new WebhookOwner(tenantId), null, body, cancellationToken);

    /// <summary>As the other, by whosever token it came.</summary>
    /// <param name="instance">The instance, if the beginning of the body tells it: where its media go.</param>
    public async Task<IntakeCounts> Take(WebhookOwner owner, string? instance, Stream body, CancellationToken cancellationToken)
    {
        var receivedAt = _time.GetUtcNow();
        var space = owner.TenantId;
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = await _reader.ReadBody(
                body,
                _options.MostBodyBytes,
                async ct => await _media.Create(space ??= await SpaceOf(owner.GatewayId!, instance, ct), ct),
                cancellationToken);
        }
        catch (StoreException e)
        {
            // The body is gone with the request: only the gateway can send it again.
            IntakeMetrics.Unavailable.Add(1);
            throw new IntakeUnavailableException(e);
        }

        return await Take(owner, _reader.Read(bytes, receivedAt), receivedAt, replayed: false, space, cancellationToken);
    }

    /// <summary>Takes in what was kept in quarantine.</summary>
    /// <exception cref="WebhookFormatException">It cannot be read, or its body is gone.</exception>
    internal async Task<IntakeCounts> Replay(string tenantId, QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        var body = BodyNamedIn(payload.Payload) is { } sha256
            ? await ReadStored(payload.TenantId, sha256, cancellationToken)
                ?? throw new WebhookFormatException("The media store no longer has the body.")
            : payload.Payload;
        return await Take(
            new WebhookOwner(tenantId), _reader.Read(body, payload.ReceivedAt), payload.ReceivedAt, replayed: true, null, cancellationToken);
    }

    /// <summary>Takes in a body that waited in a buffer. It can be taken again after a failure, or when it was done: nothing is kept twice.</summary>
    /// <param name="patience">How long to try while the store is away.</param>
    /// <exception cref="RetryableException">It is not done and must be taken again.</exception>
    public async Task TakeBuffered(BufferedWebhook webhook, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            WebhookReading reading;
            try
            {
                reading = _reader.Read(await BodyOf(webhook, cancellationToken), webhook.ReceivedAt);
            }
            catch (Exception e) when (e is WebhookFormatException or FileNotFoundException)
            {
                // Whoever took it could read it, so this is a fault of ours. Refusing it would hold up its line for ever.
                LogNotApplied(_logger, e);
                reading = Unreadable(webhook, e);
            }

            if (webhook.Owner.TenantId is { } tenantId)
            {
                TenantContext.Set(tenantId);
            }

            try
            {
                await Persist(webhook, reading, patience, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or IntakeUnavailableException))
            {
                // It can be neither applied nor kept as it is. Trying again would hold up its line for ever.
                LogNotKept(_logger, e);
                await Persist(webhook, await CutDown(webhook, e, cancellationToken), patience, cancellationToken);
            }
        }
        catch (Exception e) when (Retryable.Is(e) || e is IntakeUnavailableException)
        {
            throw new RetryableException($"A webhook is not taken in yet: {(e.InnerException ?? e).Message}", e);
        }
        finally
        {
            TenantContext.Clear();
        }
    }

    private async Task Persist(BufferedWebhook webhook, WebhookReading reading, TimeSpan patience, CancellationToken cancellationToken)
    {
        var run = new WebhookRun(_services, webhook.Owner, reading, webhook.ReceivedAt, replayed: false, webhook.Space);
        await Persist(run, patience, cancellationToken);
        Report(reading.Event, run.Counts);
    }

    private async Task<ReadOnlyMemory<byte>> BodyOf(BufferedWebhook webhook, CancellationToken cancellationToken)
    {
        if (webhook.BodySha256 is { } sha256)
        {
            return await ReadStored(webhook.Space, sha256, cancellationToken)
                ?? throw new FileNotFoundException("The media store has lost the body of a webhook.", sha256);
        }

        await using var body = new MemoryStream(webhook.Body.ToArray(), writable: false);
        return await ReadWhole(webhook.Space, body, cancellationToken);
    }

    /// <returns>Null when the media store does not have it.</returns>
    private async Task<ReadOnlyMemory<byte>?> ReadStored(string space, string sha256, CancellationToken cancellationToken)
    {
        await using var body = await _media.Open(space, sha256, cancellationToken);
        return body is null ? null : await ReadWhole(space, body, cancellationToken);
    }

    /// <summary>Whoever took it had its bound, which may have been another.</summary>
    private ValueTask<ReadOnlyMemory<byte>> ReadWhole(string space, Stream body, CancellationToken cancellationToken) =>
        _reader.ReadBody(body, long.MaxValue, ct => _media.Create(space, ct), cancellationToken);

    private static WebhookReading Unreadable(BufferedWebhook webhook, Exception fault) => new()
    {
        Event = "",
        Instance = webhook.Instance,
        Items = [new WebhookItem(0, new NotUnderstood(NotReadableCode, fault.Message))],
        PayloadOf = _ => webhook.BodySha256 is { } sha256 ? PlaceOf(sha256) : webhook.Body,
    };

    /// <summary>Stands for a webhook in quarantine: its body goes to the media store.</summary>
    private async Task<WebhookReading> CutDown(BufferedWebhook webhook, Exception fault, CancellationToken cancellationToken)
    {
        var sha256 = webhook.BodySha256 ?? (await _media.Store(webhook, cancellationToken)).Sha256;
        return new()
        {
            Event = "",
            Instance = webhook.Instance,
            Items = [new WebhookItem(0, new NotUnderstood("not_kept", $"It could not be kept whole: {fault.GetType().Name}."))],
            PayloadOf = _ => PlaceOf(sha256),
        };
    }

    private static ReadOnlyMemory<byte> PlaceOf(string sha256) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [BodyName] = sha256 });

    /// <returns>What <see cref="PlaceOf"/> made it of; null when it is a payload of a gateway.</returns>
    private static string? BodyNamedIn(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length != PlaceLength)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(payload.Span) is JsonObject { Count: 1 } place ? (string?)place[BodyName] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Takes in what was read back from a session's gateway. What is from before Parley had the session is history.</summary>
    /// <returns>How many messages and changes were new.</returns>
    public async Task<int> Sync(string tenantId, Session session, WebhookReading reading, CancellationToken cancellationToken)
    {
        // Gateways tell whole seconds: a message of the second in which the session began may be of after it.
        var began = DateTimeOffset.FromUnixTimeSeconds(session.CreatedAt.ToUnixTimeSeconds());
        var dated = new WebhookReading
        {
            Event = reading.Event,
            Instance = reading.Instance,
            Items = [.. reading.Items.Select(item => item.Observation is MessageObserved message && message.Timestamp < began
                ? item with { Observation = message with { Origin = MessageOrigin.History } }
                : item)],
            PayloadOf = reading.PayloadOf,
        };
        TenantContext.Set(tenantId);
        var run = new WebhookRun(_services, new WebhookOwner(tenantId), dated, _time.GetUtcNow(), replayed: true, mediaSpace: null);
        await Persist(run, _options.Patience, cancellationToken);
        Report(reading.Event, run.Counts);
        return run.News;
    }

    /// <summary>Waits until every edit that was answered early is durable, for some seconds. Those that are not by then are lost, and counted in
    /// the log.</summary>
    public async Task Drain(CancellationToken cancellationToken)
    {
        var lost = await _edits.Drain(DrainPatience, cancellationToken);
        if (lost > 0)
        {
            LogEditsLost(_logger, lost);
        }
    }

    /// <summary>Whose media they are, as far as can be told before the body is read.</summary>
    private async Task<string> SpaceOf(string gatewayId, string? instance, CancellationToken cancellationToken) =>
        (instance is null ? null : await _services.Sessions.FindOwner(gatewayId, instance, cancellationToken)) ?? WebhookOwner.SpaceOf(gatewayId);

    private async Task<IntakeCounts> Take(
        WebhookOwner owner,
        WebhookReading reading,
        DateTimeOffset receivedAt,
        bool replayed,
        string? space,
        CancellationToken cancellationToken)
    {
        if (owner.TenantId is { } tenantId)
        {
            TenantContext.Set(tenantId);
        }

        var run = new WebhookRun(_services, owner, reading, receivedAt, replayed, space);
        if (IsEdit(reading.Event) && !replayed)
        {
            if (!await _edits.Await(refused => PersistAndReport(Timeout.InfiniteTimeSpan, refused), cancellationToken))
            {
                LogEditWaits(_logger, reading.Instance);
            }
        }
        else
        {
            await PersistAndReport(_options.Patience, cancellationToken);
        }

        return run.Counts;

        // Together, so that an edit that was answered before it was durable is counted too.
        async Task PersistAndReport(TimeSpan patience, CancellationToken until)
        {
            await Persist(run, patience, until);
            Report(reading.Event, run.Counts);
        }
    }

    /// <summary>Runs until all is durable.</summary>
    private async Task Persist(WebhookRun run, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var pause = FirstPause;
        Exception? fault = null;
        while (true)
        {
            try
            {
                await (fault is null ? run.Run(cancellationToken) : run.GiveUp(fault.GetType().Name, cancellationToken));
                return;
            }
            catch (Exception e) when (Retryable.Is(e))
            {
                if (patience != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(began) + pause > patience)
                {
                    IntakeMetrics.Unavailable.Add(1);
                    throw new IntakeUnavailableException(e);
                }

                IntakeMetrics.Retries.Add(1);
                await Task.Delay(pause, _time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception e) when (e is not OperationCanceledException && fault is null)
            {
                // A fault of ours, not of the store: repeating it would fail again, and refusing it would lose it.
                LogNotApplied(_logger, e);
                fault = e;
            }
        }
    }

    internal static bool IsEdit(string name) =>
        string.Equals(name, "messages.edited", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "messages-edited", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "MESSAGES_EDITED", StringComparison.OrdinalIgnoreCase);

    private static void Report(string name, IntakeCounts counts)
    {
        Add(counts.Accepted, "accepted");
        Add(counts.Duplicates, "duplicate");
        Add(counts.Ignored, "ignored");
        Add(counts.Quarantined, "quarantined");

        void Add(int count, string result)
        {
            if (count > 0)
            {
                // The name comes from outside: only known ones may become a label.
                var label = KnownEvents.Contains(name) ? name : "other";
                IntakeMetrics.Items.Add(count, new KeyValuePair<string, object?>("event", label), new KeyValuePair<string, object?>("result", result));
            }
        }
    }

    private static readonly HashSet<string> KnownEvents = new(StringComparer.Ordinal)
    {
        "messages.upsert", "messages.update", "messages.edited", "messages.delete", "messages.set", "send.message", "send.message.update",
        "connection.update", "qrcode.updated", "status.instance", "logout.instance", "remove.instance", "instance.create", "instance.delete",
        "contacts.upsert", "contacts.update", "chats.set", "chats.upsert", "chats.update", "chats.delete", "groups.upsert",
        "group-participants.update", "presence.update", "call", "labels.edit", "labels.association",
    };

    [LoggerMessage(1001, LogLevel.Warning, "The store is slow: an edit of instance {Instance} was answered and waits in memory.")]
    private static partial void LogEditWaits(ILogger logger, string instance);

    [LoggerMessage(1005, LogLevel.Error, "The process stops, and the store or the buffer did not take {Count} edits that were answered: they are lost.")]
    private static partial void LogEditsLost(ILogger logger, int count);

    [LoggerMessage(1002, LogLevel.Error, "A webhook could not be applied and goes to quarantine.")]
    private static partial void LogNotApplied(ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "A webhook could not be kept in quarantine either. A row there names its body in the media store.")]
    private static partial void LogNotKept(ILogger logger, Exception exception);
}
