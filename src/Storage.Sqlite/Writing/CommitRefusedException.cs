using Parley.Ports;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>A commit cannot be made as it is; its rows are rolled back and its caller gets the result.</summary>
internal sealed class CommitRefusedException(CommitResult result, Exception? inner = null)
    : Exception($"A commit was refused: {result.Outcome}.", inner)
{
    public CommitResult Result { get; } = result;
}
