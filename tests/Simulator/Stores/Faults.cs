using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Stores;

/// <summary>How bad the weather of a history is.</summary>
public sealed class Faults
{
    private readonly Dice _dice;

    /// <param name="isCalm">Nothing is lost, but much is slow: whatever fails to meet then has no excuse.</param>
    public Faults(Dice dice, bool isCalm = false)
    {
        _dice = dice;
        Snapshots = dice.Below(3) switch { 0 => 0, 1 => 0.5, _ => 1 };
        if (isCalm)
        {
            Slow = 0.5;
            return;
        }

        // A third of the histories has a healthy store, so that what only timing breaks is not hidden behind failures.
        var severity = dice.Below(3) switch { 0 => 0, 1 => 0.02, _ => 0.08 };
        Lost = severity;
        AnswerLost = severity;
        Late = severity;
        CallLost = severity;
        CallAnswerLost = severity;
        CallDoubled = severity / 2;
        Slow = dice.Below(3) switch { 0 => 0, 1 => 0.1, _ => 0.4 };
        SecondOwner = dice.Below(3) switch { 0 => 0, 1 => 0.05, _ => 0.3 };
        Forgotten = dice.Below(2) == 0 ? 0 : 0.05;
        Stall = dice.Below(3) == 0 ? 0.02 : 0;
        Crashes = dice.Below(3) == 0 ? dice.Between(1, 2) : 0;
    }

    /// <summary>False once the faults are over and the history is brought to rest.</summary>
    public bool AreOn { get; set; } = true;

    /// <summary>Whether nothing is ever lost: calls are only slow, and owners only doubted.</summary>
    public bool IsCalm => Lost == 0 && Crashes == 0 && SecondOwner == 0;

    /// <summary>Share of store calls that fail without having acted.</summary>
    public double Lost { get; init; }

    /// <summary>Share of store calls that act and fail.</summary>
    public double AnswerLost { get; init; }

    /// <summary>Share of store calls that fail and act later.</summary>
    public double Late { get; init; }

    /// <summary>Share of commits that look for what they take for new when they begin, not when they act.</summary>
    public double Snapshots { get; init; }

    /// <summary>Share of store calls that take long.</summary>
    public double Slow { get; init; }

    /// <summary>Share of grain calls that never arrive.</summary>
    public double CallLost { get; init; }

    /// <summary>Share of grain calls whose answer is lost.</summary>
    public double CallAnswerLost { get; init; }

    /// <summary>Share of grain calls that are made twice.</summary>
    public double CallDoubled { get; init; }

    /// <summary>Share of grain calls that reach another activation than the one before.</summary>
    public double SecondOwner { get; init; }

    /// <summary>Share of grain calls after which the activation is collected.</summary>
    public double Forgotten { get; init; }

    /// <summary>Share of steps that are held back.</summary>
    public double Stall { get; init; }

    /// <summary>How many times a node dies.</summary>
    public int Crashes { get; init; }

    public bool Happens(double share) => AreOn && share > 0 && _dice.Chance(share);

    /// <summary>How long a part of a store call takes.</summary>
    public TimeSpan Latency()
    {
        if (!AreOn)
        {
            return TimeSpan.Zero;
        }

        if (Slow > 0 && _dice.Chance(Slow))
        {
            // Up to beyond the deadline of a store port, where calls may fail at all.
            return TimeSpan.FromMilliseconds(Lost > 0 && _dice.Chance(0.1) ? _dice.Between(1000, 7000) : _dice.Between(10, 400));
        }

        return TimeSpan.FromMilliseconds(_dice.Below(4));
    }
}
