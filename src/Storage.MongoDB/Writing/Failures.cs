using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>What the driver's exceptions mean.</summary>
internal static class Failures
{
    private const string Transient = "TransientTransactionError";
    private const string UnknownCommit = "UnknownTransactionCommitResult";

    private const int SnapshotTooOld = 239;
    private const int SnapshotUnavailable = 246;
    private const int WriteConflict = 112;
    private const int NoSuchTransaction = 251;
    private const int DuplicateKey = 11000;
    private const int ObjectTooLarge = 10334;
    private const int ResultTooLarge = 17419;
    private const int UpsertTooLarge = 17420;
    private const int Interrupted = 11601;

    /// <summary>Nothing of the transaction happened, and it may be run again.</summary>
    public static bool IsTransient(Exception exception) => exception is MongoException mongo && mongo.HasErrorLabel(Transient);

    public static bool IsUnknownCommit(Exception exception) => exception is MongoException mongo && mongo.HasErrorLabel(UnknownCommit);

    /// <summary>Another transaction has written, or is writing, a row of this one.</summary>
    public static bool IsConflict(Exception exception) => exception is MongoCommandException { Code: WriteConflict };

    /// <summary>The server has ended the transaction: it stood in the way of others for too long.</summary>
    public static bool IsEnded(Exception exception) => exception is MongoCommandException { Code: NoSuchTransaction };

    /// <summary>
    /// The server has ended the command, as when it was waiting in a transaction that ended: MongoDB gives it no label. Only before a commit does it
    /// tell that nothing happened.
    /// </summary>
    public static bool IsInterrupted(Exception exception) => exception is MongoCommandException { Code: Interrupted };

    public static bool IsOfSnapshot(MongoException exception) =>
        exception is MongoCommandException { Code: SnapshotTooOld or SnapshotUnavailable };

    /// <summary>Whether it is the store that failed, and not its caller who gave up or is wrong.</summary>
    public static bool IsOfStore(Exception exception, CancellationToken caller) =>
        (exception is MongoException or TimeoutException or IOException or UnknownCommitException && !IsTooLarge(exception))
        || (exception is OperationCanceledException && !caller.IsCancellationRequested);

    /// <summary>No server was found, or no connection to one: what was asked cannot have reached any.</summary>
    public static bool WasNeverSent(Exception exception) => exception
        is TimeoutException or MongoConnectionPoolPausedException or MongoWaitQueueFullException or MongoAuthenticationException;

    public static string Kind(Exception exception) => exception switch
    {
        OperationCanceledException => "deadline",
        UnknownCommitException => "commit",
        TimeoutException => "no_server",
        MongoAuthenticationException => "authentication",
        MongoConnectionException => "connection",
        MongoCommandException { Code: WriteConflict } => "conflict",
        MongoCommandException command => string.IsNullOrEmpty(command.CodeName) ? "command" : command.CodeName,
        _ => "other",
    };

    /// <returns>The place of the operation that a unique index refused; null when it was something else.</returns>
    public static int? Duplicate(Exception exception) => exception switch
    {
        MongoBulkWriteException { WriteErrors: [var error, ..] } when error.Code == DuplicateKey => error.Index,
        MongoWriteException { WriteError.Code: DuplicateKey } => 0,
        MongoCommandException { Code: DuplicateKey } => 0,
        _ => null,
    };

    /// <summary>A document has more than 16 MB: written again it would have them again.</summary>
    private static bool IsTooLarge(Exception exception) => exception switch
    {
        MongoBulkWriteException bulk => bulk.WriteErrors.Any(static error => IsTooLarge(error.Code)),
        MongoWriteException { WriteError: { } error } => IsTooLarge(error.Code),
        MongoCommandException command => IsTooLarge(command.Code),
        _ => false,
    };

    private static bool IsTooLarge(int code) => code is ObjectTooLarge or ResultTooLarge or UpsertTooLarge;

    public static bool IsDuplicate(Exception exception) => Duplicate(exception) is not null;
}
