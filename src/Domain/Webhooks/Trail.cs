
namespace Parley.Domain.Webhooks;

/// <summary>One way through the logs: what is new, or what is sent again. Knows how far it was read and what of it is not settled.</summary>
/// <remarks>
/// Events are taken at the end of what was read. A conversation whose next event fails keeps that one alone: those after it are in the
/// log, and once it goes on, one pass over the log finds them for all conversations that are behind. Memory is bounded by that.
/// </remarks>
public sealed class Trail
{
    /// <summary>Conversations with events that are not settled. At this many no further one is begun.</summary>
    public const int MostLanes = 256;

    /// <summary>Events in memory.</summary>
    private const int MostEvents = 2_000;
    private const int MostOfOne = 200;

    private readonly Dictionary<(string TenantId, string Subject), Lane> _lanes = [];
    private readonly long[] _read;
    private readonly long?[] _pass;
    private readonly long[] _turns;
    private int _events;

    /// <param name="replay">Null = what is new.</param>
    internal Trail(DeliveryPlace place, Replay? replay)
    {
        Replay = replay;
        _read = [.. place.Done];
        _pass = new long?[_read.Length];
        _turns = new long[_read.Length];
        foreach (var kept in place.Waiting)
        {
            var lane = new Lane(this, kept.Track, kept.TenantId, kept.Subject, kept.Number);
            lane.Restore(kept);
            _lanes[(kept.TenantId, kept.Subject)] = lane;
        }
    }

    public int Tracks => _read.Length;

    /// <summary>Null = what is new.</summary>
    public Replay? Replay { get; }

    /// <summary>Whether nothing further can be taken now.</summary>
    public bool IsFull => _lanes.Count >= MostLanes || _events >= MostEvents;

    /// <summary>Whether all of it is settled; what is new never ends.</summary>
    public bool IsDone => Replay is { } replay && _lanes.Count == 0 && !_read.Where((read, track) => read < replay.Until[track]).Any();

    internal IReadOnlyCollection<Lane> Lanes => _lanes.Values;

    /// <summary>How far a track was read.</summary>
    public long ReadUpTo(int track) => _read[track];

    /// <summary>Whether a track has more to read, as far as its trail goes.</summary>
    /// <param name="last">The last number of the track.</param>
    public bool HasMore(int track, long last) => _read[track] < (Replay is { } replay ? Math.Min(replay.Until[track], last) : last);

    /// <summary>Takes events that follow what was read.</summary>
    /// <param name="isEnd">Whether the log has none after them: what is missing up to the end of a replay is no longer kept.</param>
    /// <returns>False when there was no room for all of them.</returns>
    public bool Take(int track, IEnumerable<PlacedEvent> events, Func<PlacedEvent, bool> wants, bool isEnd)
    {
        foreach (var e in events.Where(e => e.Number > _read[track]))
        {
            if (Replay is { } replay && e.Number > replay.Until[track])
            {
                _read[track] = replay.Until[track];
                return true;
            }

            if (wants(e) && !TryAppend(e))
            {
                return false;
            }

            _read[track] = e.Number;
        }

        if (isEnd && Replay is { } ended)
        {
            _read[track] = Math.Max(_read[track], ended.Until[track]);
        }

        return true;
    }

    /// <summary>Begins or continues the pass that looks for events of conversations that are behind.</summary>
    /// <returns>The number after which to read on; null = there is nothing to look for, or no room.</returns>
    public long? PassAfter(int track)
    {
        if (_events >= MostEvents)
        {
            return null;
        }

        var behind = _lanes.Values.Where(l => l.Track == track && l.IsToBeSought).ToList();
        if (_pass[track] is null && behind.Count > 0)
        {
            _pass[track] = behind.Min(static l => l.From) - 1;
        }

        foreach (var lane in behind.Where(l => l.From > _pass[track]))
        {
            lane.Seek();
        }

        return _pass[track];
    }

    /// <summary>Takes events that the pass read.</summary>
    /// <param name="isEnd">Whether the log has none after them.</param>
    public void TakePass(int track, IEnumerable<PlacedEvent> events, Func<PlacedEvent, bool> wants, bool isEnd)
    {
        foreach (var e in events)
        {
            if (e.Number > _read[track])
            {
                // Also where the log has dropped all that the pass was to find.
                _pass[track] = _read[track];
                break;
            }

            _pass[track] = e.Number;
            if (_lanes.TryGetValue((e.TenantId, e.Subject), out var lane) && lane.IsSought && e.Number >= lane.From && wants(e)
                && lane.Find(e, lane.Count < MostOfOne))
            {
                _events++;
            }
        }

        if (isEnd || _pass[track] >= _read[track])
        {
            _pass[track] = null;
            foreach (var lane in _lanes.Values.Where(l => l.Track == track && l.IsSought).ToList())
            {
                lane.EndSearch();
                Forget(lane);
            }
        }
    }

    /// <summary>When a track last had its turn, as turns are counted.</summary>
    internal long TurnOf(int track) => _turns[track];

    internal void TakeTurn(int track, long turn) => _turns[track] = turn;

    internal void Settle(Lane lane, long number)
    {
        _events -= lane.Count > 0 ? 1 : 0;
        lane.Settle(number);
        Forget(lane);
    }

    internal void Fail(Lane lane, Delivery delivery, DateTimeOffset at, DateTimeOffset nextAt) => _events -= lane.Fail(delivery, at, nextAt);

    internal DeliveryPlace Kept() => new() { Done = [.. _read], Waiting = [.. _lanes.Values.Select(static l => l.Kept())] };

    private bool TryAppend(PlacedEvent e)
    {
        if (!_lanes.TryGetValue((e.TenantId, e.Subject), out var lane))
        {
            if (IsFull)
            {
                return false;
            }

            _lanes[(e.TenantId, e.Subject)] = lane = new Lane(this, e.Track, e.TenantId, e.Subject, e.Number);
            if (Replay?.DeliveryId is { } again)
            {
                lane.Continue(again);
            }
        }

        if (lane.Append(e, lane.Count < MostOfOne && _events < MostEvents))
        {
            _events++;
        }

        return true;
    }

    private void Forget(Lane lane)
    {
        if (lane.IsDone)
        {
            _lanes.Remove((lane.TenantId, lane.Subject));
        }
    }
}
