using System.Collections.Immutable;

namespace Parley.Simulator.Histories;

/// <summary>A whole history: what was told, what took effect in which order, and what was left when it was quiet.</summary>
/// <remarks>Made by a run, or by hand to see whether the checker refuses it.</remarks>
public sealed record History
{
    /// <summary>Steps in the order in which they took effect.</summary>
    public required ImmutableArray<Step> Steps { get; init; }

    /// <summary>All webhooks that were told, answered or not.</summary>
    public required ImmutableArray<Webhook> Told { get; init; }

    /// <summary>All messages that somebody wanted to be sent.</summary>
    public ImmutableArray<AskedFor> Asked { get; init; } = [];

    /// <summary>Whether the history ended quietly: faults over, every webhook answered, workers and sweep without work left.</summary>
    public bool IsQuiet { get; init; } = true;

    /// <summary>Whether no call, answer or node was lost in it: then nothing needed a sweep.</summary>
    public bool IsCalm { get; init; }

    /// <summary>To-dos that were left over at the end.</summary>
    public ImmutableArray<string> WorkLeft { get; init; } = [];
}
