using System.Collections.Immutable;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Where a reader begins.</summary>
/// <param name="Place">By tracks, everything up to which it has read.</param>
/// <param name="Reset">Null unless events after the place that it gave are no longer kept.</param>
internal sealed record EventStart(ImmutableArray<long> Place, EventResetResource? Reset)
{
    /// <summary>From now on.</summary>
    public static EventStart Now(IReadOnlyList<LogBounds> bounds) => new([.. bounds.Select(static b => b.Last)], null);

    /// <param name="text">The place as the client gave it.</param>
    /// <param name="parameter">What it was given in.</param>
    /// <exception cref="ProblemException">It is no place of this log, or nothing has got there yet.</exception>
    public static EventStart Read(string text, string parameter, IReadOnlyList<LogBounds> bounds)
    {
        if (text == EventPlace.Oldest)
        {
            return new([.. bounds.Select(static b => b.First - 1)], null);
        }

        if (EventPlace.Read(text, bounds.Count) is not { } given)
        {
            throw Wrong(parameter, $"{parameter} is no place of this log.");
        }

        if (given.Where((number, track) => number > bounds[track].Last).Any())
        {
            throw Wrong(parameter, $"{parameter} is a place that the log has not reached.");
        }

        var kept = given.Select((number, track) => Math.Max(number, bounds[track].First - 1)).ToImmutableArray();
        return new(kept, kept.SequenceEqual(given) ? null : new EventResetResource(Oldest(kept)));
    }

    /// <summary>The first event after a place.</summary>
    public static string Oldest(IEnumerable<long> place) => EventPlace.Write(place.Select(static number => number + 1));

    private static ProblemException Wrong(string parameter, string detail) =>
        new(Problem.OfParameter(ProblemCode.InvalidRequest, parameter, detail));
}
