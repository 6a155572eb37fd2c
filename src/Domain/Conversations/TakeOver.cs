namespace Parley.Domain.Conversations;

/// <summary>How far a conversation has got in taking over the messages of one that was merged into it.</summary>
/// <param name="From">The conversation that was sealed.</param>
/// <param name="Done">The greatest sequence of <paramref name="From"/> that is moved (0 = none yet).</param>
/// <param name="Last">The last sequence of <paramref name="From"/>.</param>
/// <param name="ReadUpTo">Its <c>readUpTo</c>: what counted no unread there counts none here.</param>
/// <param name="DeletedUpTo">Its delete mark: what lies under it arrives as tombstones. Deleting the conversation that takes over moves it to the end.</param>
/// <param name="FirstSequence">The first sequence given to a moved message; null = none yet.</param>
[GenerateSerializer, Immutable, Alias("parley.TakeOver")]
public sealed record TakeOver(
    [property: Id(0)] string From,
    [property: Id(1)] long Done,
    [property: Id(2)] long Last,
    [property: Id(3)] long ReadUpTo,
    [property: Id(4)] long DeletedUpTo,
    [property: Id(5)] long? FirstSequence)
{
    /// <summary>The mark that it had when it was sealed: what lies under it was not counted any more.</summary>
    [Id(6)]
    public long SealedMark { get; init; }
}
