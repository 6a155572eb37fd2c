using Parley.Ports;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>A transaction cannot go on, because of one or some of its commits.</summary>
/// <param name="suspects">Those that may be to blame; empty = only their versions can tell.</param>
/// <param name="answer">What the commit is answered when it is alone in its transaction.</param>
internal sealed class CommitTroubleException(IReadOnlyCollection<CommitJob> suspects, CommitResult answer, Exception? inner = null)
    : Exception($"A commit was refused: {answer.Outcome}.", inner)
{
    public IReadOnlyCollection<CommitJob> Suspects { get; } = suspects;

    public CommitResult Answer { get; } = answer;
}
