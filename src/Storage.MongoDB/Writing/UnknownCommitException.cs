namespace Parley.Storage.MongoDB.Writing;

/// <summary>A transaction was told to commit, and no answer came within the time.</summary>
internal sealed class UnknownCommitException(Exception inner) : Exception("The outcome of a transaction is unknown.", inner);
