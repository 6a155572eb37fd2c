using System.Diagnostics;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>The time that a flush has: most of its callers' deadline to write, then some to commit, then a little to find out.</summary>
internal sealed class FlushTime(TimeSpan deadline) : IDisposable
{
    private readonly Limit _writing = new(deadline * 0.6);
    private readonly Limit _committing = new(deadline * 0.85);
    private readonly Limit _looking = new(deadline * 0.97);

    public CancellationToken Writing => _writing.Token;

    public CancellationToken Committing => _committing.Token;

    public CancellationToken Looking => _looking.Token;

    public bool WritingIsOver => _writing.IsOver;

    public bool CommittingIsOver => _committing.IsOver;

    public bool LookingIsOver => _looking.IsOver;

    public void Dispose()
    {
        _writing.Dispose();
        _committing.Dispose();
        _looking.Dispose();
    }

    /// <summary>A moment, with a timer only once somebody waits for it: most flushes need no more than the first.</summary>
    private sealed class Limit(TimeSpan after) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private CancellationTokenSource? _source;

        public bool IsOver => Left <= TimeSpan.Zero;

        public CancellationToken Token => (_source ??= new CancellationTokenSource(Left > TimeSpan.Zero ? Left : TimeSpan.Zero)).Token;

        private TimeSpan Left => after - Stopwatch.GetElapsedTime(_started);

        public void Dispose() => _source?.Dispose();
    }
}
