namespace Parley.Domain.Webhooks;

/// <summary>One conversation (or session) with events that are not settled: they go one after another.</summary>
internal sealed class Lane(Trail trail, int track, string tenantId, string subject, long from)
{
    private readonly Queue<PlacedEvent> _events = [];

    public Trail Trail => trail;

    public int Track => track;

    public string TenantId => tenantId;

    public string Subject => subject;

    /// <summary>Everything of it below this number is settled: that of the next event, where it is known.</summary>
    public long From { get; private set; } = from;

    /// <summary>How often the next event was tried.</summary>
    public int Attempts { get; private set; }

    public DateTimeOffset NextAt { get; private set; }

    /// <summary>When the schedule has the next event tried again, while it is tried before that; null = it is not.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Since when the next event fails.</summary>
    public DateTimeOffset? Since { get; private set; }

    public Guid DeliveryId { get; private set; }

    /// <summary>The row of the next event, where it has one and that is in memory.</summary>
    public Delivery? Delivery { get; private set; }

    public bool IsUnderWay { get; set; }

    /// <summary>Whether there may be events of it after those in memory which only the log has.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Whether the present pass over the log looks for its events.</summary>
    public bool IsSought { get; private set; }

    public int Count => _events.Count;

    public bool IsFailing => Attempts > 0;

    /// <summary>Whether it has something to try: it may be known by its number only.</summary>
    public bool HasNext => _events.Count > 0 || IsFailing;

    public bool IsDone => !HasNext && !IsBehind && !IsUnderWay;

    public bool IsToBeSought => IsBehind && !IsSought && !HasNext && !IsUnderWay;

    public PlacedEvent? Next => _events.TryPeek(out var next) ? next : null;

    /// <summary>As it was kept: which events it has, the log knows.</summary>
    public void Restore(WaitingSubject kept) =>
        (Attempts, NextAt, DueAt, Since, DeliveryId, IsBehind) = (kept.Attempts, kept.NextAt, kept.DueAt, kept.Since, kept.DeliveryId, true);

    /// <summary>The row that this event has already, of an earlier delivery.</summary>
    public void Continue(Guid deliveryId) => DeliveryId = deliveryId;

    /// <summary>Takes an event that was just read at the end of the log.</summary>
    public bool Append(PlacedEvent e, bool hasRoom)
    {
        if (IsBehind || IsFailing || !hasRoom)
        {
            IsBehind = true;
            return false;
        }

        Add(e);
        return true;
    }

    public void Seek() => IsSought = true;

    /// <summary>Takes an event that the pass found.</summary>
    public bool Find(PlacedEvent e, bool hasRoom)
    {
        if (!hasRoom)
        {
            IsSought = false;
            return false;
        }

        Add(e);
        return true;
    }

    /// <summary>The pass is at the end of what was read: nothing of it is missing any more.</summary>
    public void EndSearch() => IsSought = IsBehind = false;

    public void Settle(long number)
    {
        if (_events.TryPeek(out var next) && next.Number == number)
        {
            _events.Dequeue();
        }

        From = _events.TryPeek(out var following) ? following.Number : number + 1;
        (Attempts, NextAt, DueAt, Since, DeliveryId, Delivery) = (0, default, null, null, Guid.Empty, null);
    }

    /// <returns>How many events it let go: the log has them.</returns>
    public int Fail(Delivery delivery, DateTimeOffset at, DateTimeOffset nextAt)
    {
        (Delivery, DeliveryId, NextAt) = (delivery, delivery.DeliveryId, nextAt);
        Attempts += DueAt > at ? 0 : 1;
        DueAt = null;
        Since ??= at;
        var before = _events.Count;
        if (_events.TryPeek(out var next))
        {
            _events.Clear();
            _events.Enqueue(next);
        }

        IsBehind |= IsSought || before > 1;
        IsSought = false;
        return Math.Max(before - 1, 0);
    }

    /// <summary>Has the next event tried before its time.</summary>
    public void TryAt(DateTimeOffset at)
    {
        if (NextAt > at)
        {
            (DueAt, NextAt) = (DueAt ?? NextAt, at);
        }
    }

    public WaitingSubject Kept() => new(track, tenantId, subject, From, DeliveryId, Attempts, NextAt, Since, DueAt);

    private void Add(PlacedEvent e)
    {
        if (_events.Count == 0)
        {
            From = e.Number;
        }

        _events.Enqueue(e);
    }
}
