using System.Diagnostics.Metrics;

namespace Parley.Bench.Store;

/// <summary>Listens to what the store says of its transactions.</summary>
internal sealed class FlushMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private double _seconds;
    private long _flushes;
    private long _rows;
    private long _jobs;

    public FlushMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Parley.Storage")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name == "parley.storage.flush")
            {
                lock (_lock)
                {
                    _seconds += value;
                    _flushes++;
                }
            }
        });
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            lock (_lock)
            {
                if (instrument.Name == "parley.storage.flush_rows")
                {
                    _rows += value;
                }
                else if (instrument.Name == "parley.storage.flush_commits")
                {
                    _jobs += value;
                }
            }
        });
        _listener.Start();
    }

    public void Reset()
    {
        lock (_lock)
        {
            (_seconds, _flushes, _rows, _jobs) = (0, 0, 0, 0);
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            var flushes = Math.Max(_flushes, 1);
            return $"{_flushes} flushes, {1000 * _seconds / flushes:F2} ms, {(double)_jobs / flushes:F1} commits, {(double)_rows / flushes:F1} rows each";
        }
    }

    public void Dispose() => _listener.Dispose();
}
