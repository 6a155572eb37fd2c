namespace Parley.Simulator.Scheduling;

/// <summary>A clock that moves only when the scheduler has nothing else to do, and timers that it fires.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<Alarm, (long At, ulong Tie)> _alarms = new();
    private readonly Dice _dice;
    private readonly DateTimeOffset _start;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    internal VirtualTime(Dice dice, DateTimeOffset start)
    {
        _dice = dice;
        _start = start;
    }

    public TimeSpan Elapsed { get; private set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Calls back once, after that long.</summary>
    public void After(TimeSpan delay, Action action) => _alarms.Enqueue(new(action, null, 0), (Elapsed.Ticks + delay.Ticks, _dice.Next()));

    /// <summary>Moves to the next alarm and fires it.</summary>
    /// <returns>False when there is none.</returns>
    internal bool FireNext()
    {
        while (_alarms.TryDequeue(out var alarm, out var key))
        {
            if (alarm.Timer is { } timer && timer.Generation != alarm.Generation)
            {
                continue;
            }

            Elapsed = TimeSpan.FromTicks(Math.Max(Elapsed.Ticks, key.At));
            if (alarm.Timer is null)
            {
                alarm.Action!();
            }
            else
            {
                alarm.Timer.Fire();
            }

            return true;
        }

        return false;
    }

    private sealed record Alarm(Action? Action, Timer? Timer, int Generation);

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period;

        internal int Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Generation++;
            _period = period;
            if (dueTime >= TimeSpan.Zero)
            {
                Schedule(dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            // What a dead node leaves is disposed by the garbage collector when it likes. Whether that timer still fires must not depend on it.
            if (Environment.CurrentManagedThreadId == time._thread)
            {
                Generation++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Schedule(_period);
            }

            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, s => callback(s), state);
            }
        }

        private void Schedule(TimeSpan delay) =>
            time._alarms.Enqueue(new(null, this, Generation), (time.Elapsed.Ticks + delay.Ticks, time._dice.Next()));
    }
}
