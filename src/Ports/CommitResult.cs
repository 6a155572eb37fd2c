using Parley.Domain.Addresses;

namespace Parley.Ports;

/// <summary>A clear answer to a commit. Anything but a clear answer is a <see cref="StoreException"/>.</summary>
/// <param name="Pair">Of <see cref="CommitOutcome.PairTaken"/>: the pair that leads to another conversation already.</param>
/// <param name="ExternalId">Of <see cref="CommitOutcome.Refused"/>: the message that the store refused; null = it cannot tell.</param>
/// <param name="Seen">What is known under the commit's unseen ids. Of <see cref="CommitOutcome.Seen"/>: as of before the commit, which was
/// refused for it. Of <see cref="CommitOutcome.Done"/>: what others have made durable, so that of two commits that pass each other
/// at least one sees the other; null = the store did not look, the caller must.</param>
public sealed record CommitResult(
    CommitOutcome Outcome, AddressPair? Pair = null, string? ExternalId = null, MessageLookup? Seen = null)
{
    /// <summary>Done, and nothing was looked for.</summary>
    public static CommitResult Done { get; } = new(CommitOutcome.Done);

    public static CommitResult Stale { get; } = new(CommitOutcome.Stale);
}

/// <summary>How a commit ended.</summary>
public enum CommitOutcome
{
    /// <summary>It is durable.</summary>
    Done,

    /// <summary>Nothing happened: the kept version is not the expected one.</summary>
    Stale,

    /// <summary>Nothing happened: a pair of the commit leads to another conversation.</summary>
    PairTaken,

    /// <summary>Nothing happened: an id that was taken for new is known.</summary>
    Seen,

    /// <summary>Nothing happened: a unique index refused a message (an alarm, never the mechanism), or it is more than a row can hold.</summary>
    Refused,
}
