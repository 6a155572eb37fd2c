using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Parley.Domain.Webhooks;
using Parley.Ingest;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Delivery to one endpoint from one reading of its state on: reads the log, posts, and keeps what came of it.</summary>
/// <remarks>
/// All of it runs in the turns of one grain. What is in memory is ahead of the store by what was posted since the last commit; whoever begins
/// from the store posts that again. A commit names the version that it expects and leaves a mark: where somebody else has changed the place
/// since, this run ends, and where the answer to a commit was lost, the mark tells whether it was made.
/// </remarks>
internal sealed partial class EndpointRun : IDisposable
{
    private const int PageSize = 200;

    /// <summary>Rows that wait for a commit. While the store is away nothing is posted beyond this: it could not be told.</summary>
    private const int MostRows = 500;

    private static readonly TimeSpan CommitEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Where nothing was posted, a place moves less often: what is read again is only skipped again.</summary>
    private static readonly TimeSpan MoveEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>After so long without a word of the store it is asked before anything is posted: the endpoint may be gone, and its tenant with it.</summary>
    private static readonly TimeSpan StandsFor = TimeSpan.FromSeconds(2);

    /// <summary>How long a stop waits for answers: what is answered later is posted again.</summary>
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(3);

    private readonly DeliveryServices _services;
    private readonly EndpointProgress _progress;
    private readonly WebhookPoster _poster;
    private readonly EventWatch[] _watches;
    private readonly bool[] _news;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _posts = [];
    private readonly Dictionary<Guid, Delivery> _rows = [];
    private TaskCompletionSource _woken = new();
    private Task _committing = Task.CompletedTask;

    /// <summary>A commit is under way. Its task is not asked: a commit that wakes this at its end is not over as a task, and goes on inside of that.</summary>
    private bool _isCommitting;
    private (WebhookEndpoint Kept, IReadOnlyCollection<Delivery> Rows)? _unsure;
    private Guid _mark;
    private (ImmutableArray<EndpointSecret> Kept, (string Secret, DateTimeOffset? EndsAt)[] Open) _secrets;
    private readonly long _began;
    private TimeSpan _committedAt = -MoveEvery;
    private TimeSpan _resumesAt;
    private TimeSpan _knownAt;
    private (DateTimeOffset Time, TimeSpan Age) _looked;
    private bool _isChanged;
    private bool _isMoved;
    private bool _isOld;
    private bool _isLost;
    private bool _stopping;

    public EndpointRun(DeliveryServices services, WebhookEndpoint endpoint)
    {
        _services = services;
        _began = services.Time.GetTimestamp();
        _progress = new EndpointProgress(endpoint, services.Options.Retries, services.Options.AtOnce);
        _mark = endpoint.Place.Mark;
        _poster = services.Connections.Open();
        _watches = IsOfAll
            ? [.. Enumerable.Range(0, services.Log.Shards).Select(services.Tail.Watch)]
            : [services.Tail.Watch(endpoint.OwnerId)];
        _news = new bool[_watches.Length];
    }

    private bool IsOfAll => _progress.Endpoint.OwnerId == WebhookEndpoint.AllTenants;

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    /// <summary>How long this runs. What waits for a moment only waits by this: a wall clock that steps back would hold it up for as long.</summary>
    private TimeSpan Age => _services.Time.GetElapsedTime(_began);

    /// <summary>Looks at the endpoint, where a newer version of it is known. The log it follows by itself.</summary>
    public void Look(long version)
    {
        if (version > _progress.Endpoint.Version)
        {
            _isOld = true;
            Wake();
        }
    }

    /// <summary>Begins no further posts, waits a moment for answers, and keeps what is known.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
    }

    /// <summary>Delivers until the endpoint is not to get anything any more, or somebody else has moved its place.</summary>
    /// <returns>Whether somebody else has moved it. Whoever would begin anew at once would post what the other one posts, for as long as
    /// both do.</returns>
    public async Task<bool> Run()
    {
        for (var track = 0; track < _watches.Length; track++)
        {
            _ = Listen(track);
        }

        try
        {
            while (!_stopping && !_isLost && _progress.Status != EndpointStatus.Disabled)
            {
                // Before anything is looked at: what comes after it wakes this again.
                _woken = new TaskCompletionSource();
                await Step();
            }

            if (!_isLost)
            {
                await Finish();
            }

            return _isLost && !_stopping;
        }
        finally
        {
            await _end.CancelAsync();
            await Task.WhenAll(_posts);
            await _committing;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_watches, static w => w.Dispose());
        _poster.Dispose();
        _end.Dispose();
    }

    private async Task Step()
    {
        var more = false;
        _looked = (Now, Age);
        try
        {
            if (_isOld && !_isCommitting)
            {
                await Reread();
            }

            more = !_isLost && await Read();
            if (!_isLost && !_isCommitting && Age - _knownAt > StandsFor && _progress.NextAt() <= Now)
            {
                await Reread();
            }
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            PauseFor(e);
        }

        if (_isLost)
        {
            return;
        }

        Begin();
        if (!_isCommitting && CommitDue() is { } due && due <= Age)
        {
            _committing = Commit();
        }

        if (!more)
        {
            await Wait();
        }
    }

    private async Task Wait()
    {
        // What came due since this was looked at last is looked at again at once.
        var wait = new[]
        {
            _isCommitting ? null : CommitDue() - Age,
            _rows.Count < MostRows && _progress.NextAt() is { } next && next > _looked.Time ? next - Now : null,
            _resumesAt > _looked.Age ? _resumesAt - Age : null,
        }.Min() ?? LongestWait;
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(
            _woken.Task,
            Task.Delay(wait < TimeSpan.FromMilliseconds(5) ? TimeSpan.FromMilliseconds(5) : wait < LongestWait ? wait : LongestWait, _services.Time, enough.Token));
        await enough.CancelAsync();
    }

    /// <summary>Tells when a track's log has news.</summary>
    private async Task Listen(int track)
    {
        try
        {
            while (!_end.IsCancellationRequested)
            {
                var next = _watches[track].Next();
                _news[track] = true;
                Wake();
                await next.WaitAsync(_end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <returns>Whether there is more to read at once.</returns>
    private async Task<bool> Read()
    {
        if (_resumesAt > Age || _rows.Count >= MostRows)
        {
            return false;
        }

        // A commit that is under way takes trails away and brings new ones.
        var more = false;
        foreach (var trail in _progress.Trails.ToList())
        {
            for (var track = 0; track < trail.Tracks; track++)
            {
                more |= await ReadOn(trail, track);
                more |= await ReadBack(trail, track);
            }
        }

        return more;
    }

    private async Task<bool> ReadOn(Trail trail, int track)
    {
        var isNew = trail.Replay is null;
        if (!_progress.WantsEvents || trail.IsFull || !(isNew ? _news[track] : trail.HasMore(track, long.MaxValue)))
        {
            return false;
        }

        _news[track] &= !isNew;
        var after = trail.ReadUpTo(track);
        var page = isNew ? _watches[track].Latest(after, PageSize) : null;
        try
        {
            page ??= await Fetch(track, after, PageSize);
        }
        catch
        {
            _news[track] = true;
            throw;
        }

        if (page.Count > 0 && isNew && NumberOf(page[0]) > after + 1)
        {
            Miss();
        }

        var all = trail.Take(track, page.Select(e => Placed(track, e)), Wanted(trail), isEnd: page.Count == 0);
        _isMoved |= page.Count > 0;
        _isChanged |= !isNew;
        _news[track] |= isNew && page.Count > 0;
        return all && page.Count > 0;
    }

    /// <summary>Looks for what conversations that were held up have behind the event that held them up.</summary>
    private async Task<bool> ReadBack(Trail trail, int track)
    {
        if (trail.PassAfter(track) is not { } after)
        {
            return false;
        }

        var page = await Fetch(track, after, PageSize);
        if (page.Count > 0 && trail.Replay is null && NumberOf(page[0]) > after + 1)
        {
            Miss();
        }

        trail.TakePass(track, page.Select(e => Placed(track, e)), Wanted(trail), isEnd: page.Count == 0);
        _isChanged = true;
        return true;
    }

    private void Begin()
    {
        if (_resumesAt > Age)
        {
            return;
        }

        _posts.RemoveAll(static p => p.IsCompleted);
        var begun = new List<Attempt>();
        while (_rows.Count + _progress.UnderWay < MostRows && _progress.Begin(Now, Guid.CreateVersion7(Now)) is { } attempt)
        {
            begun.Add(attempt);
        }

        foreach (var group in begun.GroupBy(static a => a.TenantId, StringComparer.Ordinal))
        {
            // With one read for the messages of all of them, at the last moment.
            var known = group.Where(static a => a.Event is not null).ToList();
            var rendering = known.Count > 0 ? Render(known) : null;
            _posts.AddRange(group.Select(a => Deliver(a, a.Event is null ? null : rendering, known.IndexOf(a))));
        }
    }

    private async Task Deliver(Attempt attempt, Task<IReadOnlyList<RenderedEvent>>? rendering, int index)
    {
        // Nothing of it may run before it is noted as under way.
        await Task.Yield();
        var eventId = "";
        AttemptResult result;
        try
        {
            if (attempt is { IsKnown: true, Delivery: null })
            {
                attempt.Delivery = await ReadDelivery(attempt.DeliveryId);
            }

            attempt.Event ??= await Find(attempt);
            if (attempt.Event is null || !(attempt.IsWantedAgain || _progress.Wants(attempt.Event)))
            {
                result = new AttemptResult(AttemptOutcome.Skipped, null);
            }
            else
            {
                var rendered = (await (rendering ?? Render([attempt])))[Math.Max(index, 0)];
                eventId = rendered.Id;
                var body = EventBody.Write(rendered.Type, rendered.Time, IsOfAll ? rendered.TenantId : null, rendered.Data.Span);
                result = await _poster.Post(new Uri(_progress.Endpoint.Url), Secrets(), eventId, body, _end.Token);
            }
        }
        catch (Exception e) when (_end.IsCancellationRequested || Retryable.Is(e))
        {
            if (!_end.IsCancellationRequested)
            {
                PauseFor(e);
            }

            result = new AttemptResult(AttemptOutcome.Dropped, null);
        }
        catch (Exception e)
        {
            // Shown to whoever waits for it, and it holds up its own conversation only.
            LogFailed(_services.Logger, e, _progress.Endpoint.EndpointId);
            result = new AttemptResult(
                attempt.Event is null ? AttemptOutcome.Skipped : AttemptOutcome.Failed, new DeliveryAttempt(Now, null, "internal_error", 0));
        }

        if (_progress.End(attempt, eventId, result, Now, Random.Shared.NextDouble()) is { } row)
        {
            _rows[row.DeliveryId] = row;
        }

        _isChanged |= result.Outcome != AttemptOutcome.Dropped;
        Wake();
    }

    /// <returns>Null where it has none, or one that cannot be read: then the event is posted all the same, and a new row takes its place.</returns>
    private async Task<Delivery?> ReadDelivery(Guid deliveryId)
    {
        try
        {
            return await _services.Endpoints.ReadDelivery(_progress.Endpoint.OwnerId, _progress.Endpoint.EndpointId, deliveryId, _end.Token);
        }
        catch (Exception e) when (RowFault.Is(e))
        {
            LogUnreadable(_services.Logger, e, _progress.Endpoint.EndpointId, deliveryId);
            return null;
        }
    }

    private async Task<PlacedEvent?> Find(Attempt attempt)
    {
        var page = await Fetch(attempt.Track, attempt.Number - 1, 1);
        if (page.Count > 0 && NumberOf(page[0]) == attempt.Number)
        {
            return Placed(attempt.Track, page[0]);
        }

        Miss();
        return null;
    }

    private Task<IReadOnlyList<RenderedEvent>> Render(List<Attempt> attempts) => _services.Renderer.Render(
        attempts[0].TenantId,
        [.. attempts.Select(static a => a.Event!).Select(static e => new LoggedEvent(e.TenantId, e.Position, e.Running, e.Subject, e.Facts, e.LoggedAt))],
        _end.Token);

    private List<string> Secrets()
    {
        if (_secrets.Open is null || _secrets.Kept != _progress.Endpoint.Secrets)
        {
            var kept = _progress.Endpoint.Secrets;
            _secrets = (kept, [.. kept.Select(s => (_services.Vault.Open(s.Protected), s.EndsAt))]);
        }

        return [.. _secrets.Open.Where(s => s.EndsAt is null || s.EndsAt > Now).Select(static s => s.Secret)];
    }

    private Func<PlacedEvent, bool> Wanted(Trail trail) => trail.Replay?.DeliveryId is null ? _progress.Wants : static _ => true;

    private Task<IReadOnlyList<LoggedEvent>> Fetch(int track, long after, int limit) => IsOfAll
        ? _services.Log.ReadShard(track, after, limit, _end.Token)
        : _services.Log.ReadEvents(_progress.Endpoint.OwnerId, after, limit, _end.Token);

    private long NumberOf(LoggedEvent e) => IsOfAll ? e.Running : e.Position;

    private PlacedEvent Placed(int track, LoggedEvent e) =>
        new(track, NumberOf(e), e.TenantId, e.Position, e.Running, e.Subject, e.Facts, e.LoggedAt);

    private void Miss()
    {
        LogMissed(_services.Logger, _progress.Endpoint.EndpointId);
        _progress.Miss(Now);
        _isChanged = true;
    }

    private void PauseFor(Exception e)
    {
        LogLater(_services.Logger, _progress.Endpoint.EndpointId, e.Message);
        _resumesAt = Age + Pause;
    }

    private void Wake() => _woken.TrySetResult();

    [LoggerMessage(2603, LogLevel.Warning, "Events that {EndpointId} had not got are no longer kept: it goes on with the oldest one that is.")]
    private static partial void LogMissed(ILogger logger, string endpointId);

    [LoggerMessage(2604, LogLevel.Information, "Delivery to {EndpointId} pauses: {Reason}")]
    private static partial void LogLater(ILogger logger, string endpointId, string reason);

    [LoggerMessage(2605, LogLevel.Error, "An event could not be posted to {EndpointId} for a reason of our own.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string endpointId);

    [LoggerMessage(2606, LogLevel.Error, "Delivery {DeliveryId} to {EndpointId} cannot be read, and its earlier attempts are no longer shown.")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string endpointId, Guid deliveryId);
}
