using Parley.Domain.Webhooks;
using Parley.Ingest;

namespace Parley.Grains;

/// <content>How a run keeps what it knows.</content>
internal sealed partial class EndpointRun
{
    private const int LastTries = 5;

    /// <returns>At which age of this run what changed is to be kept; null = nothing changed.</returns>
    private TimeSpan? CommitDue()
    {
        // Half full: before posting has to wait for room.
        var due = _rows.Count >= MostRows / 2 ? _committedAt
            : _unsure is not null || _isChanged || _rows.Count > 0 || _progress.HasDone ? _committedAt + CommitEvery
            : _isMoved ? _committedAt + MoveEvery
            : (TimeSpan?)null;
        return due < _resumesAt ? _resumesAt : due;
    }

    /// <summary>Keeps what is known, in one transaction. What it cannot tell now it tells the next time.</summary>
    private async Task Commit()
    {
        _isCommitting = true;
        await Task.Yield();
        try
        {
            if (_isOld || _unsure is not null)
            {
                await Reread();
            }

            if (!_isLost)
            {
                await KeepNow();
            }
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            PauseFor(e);
        }
        catch (Exception e)
        {
            LogFailed(_services.Logger, e, _progress.Endpoint.EndpointId);
            _resumesAt = Age + Pause;
        }
        finally
        {
            (_committedAt, _isCommitting) = (Age, false);
            Wake();
        }
    }

    private async Task KeepNow()
    {
        var (kept, told) = _progress.Kept(Guid.NewGuid(), Now);
        var rows = _rows.Values.ToList();
        (_unsure, _isChanged, _isMoved) = ((kept, rows), false, false);
        _rows.Clear();
        if (await _services.Endpoints.UpdateEndpoint(kept, rows, told, CancellationToken.None))
        {
            Kept();
            return;
        }

        // Somebody changed it meanwhile: perhaps its settings only.
        NotKept();
        _isOld = true;
    }

    /// <summary>Finds out what became of a commit without an answer, and what somebody else changed.</summary>
    private async Task Reread()
    {
        // What is told of while it is read is read once more.
        _isOld = false;
        WebhookEndpoint? stored;
        try
        {
            stored = await _services.Endpoints.ReadEndpoint(_progress.Endpoint.OwnerId, _progress.Endpoint.EndpointId, CancellationToken.None);
        }
        catch
        {
            _isOld = true;
            throw;
        }

        _knownAt = Age;
        if (_unsure is { } unsure)
        {
            if (stored?.Place.Mark == unsure.Kept.Place.Mark)
            {
                Kept();
            }
            else
            {
                NotKept();
            }
        }

        if (stored is null || (stored.Place.Mark != _mark && !_progress.IsOnlyStopped(stored)))
        {
            _isLost = true;
        }
        else
        {
            // What was posted and not yet kept would be posted again when the owner enables the endpoint.
            _mark = stored.Place.Mark;
            _progress.Adopt(stored);
        }
    }

    private void Kept()
    {
        (_mark, _knownAt) = (_unsure!.Value.Kept.Place.Mark, Age);
        _progress.Committed(_unsure.Value.Kept);
        _unsure = null;
    }

    private void NotKept()
    {
        foreach (var row in _unsure!.Value.Rows)
        {
            // Of one that came to more meanwhile, the newer row counts.
            _rows.TryAdd(row.DeliveryId, row);
        }

        (_unsure, _isChanged) = (null, true);
    }

    /// <summary>Waits a moment for the answers of what is under way, and keeps what is known.</summary>
    private async Task Finish()
    {
        var grace = _stopping || _progress.Endpoint.Status == EndpointStatus.Disabled ? StopsWithin : _services.Options.Timeout;
        await Task.WhenAny(Task.WhenAll(_posts), Task.Delay(grace, _services.Time));
        await _end.CancelAsync();
        await Task.WhenAll(_posts);
        await _committing;
        for (var i = 0; i < LastTries && !_isLost && CommitDue() is not null; i++)
        {
            await Commit();
            if (_unsure is not null)
            {
                await Task.Delay(Pause, _services.Time);
            }
        }
    }
}
