using System.Collections.Immutable;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Histories;

/// <summary>Writes down what takes effect, as it does.</summary>
public sealed class Recorder(Trace trace)
{
    private readonly List<Step> _steps = [];

    public Trace Trace { get; } = trace;

    public int Count => _steps.Count;

    public void Add(Step step) => _steps.Add(step);

    public ImmutableArray<Step> Steps => [.. _steps];
}
