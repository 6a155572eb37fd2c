namespace Parley.Ports;

/// <summary>Idempotency keys: what was asked for under each, inserted before it is done.</summary>
public interface IIdempotencyStore
{
    /// <summary>Keeps a key if it is new.</summary>
    /// <returns>Null when it is; else what is kept under it, unchanged.</returns>
    Task<IdempotencyRow?> BeginKey(string tenantId, IdempotencyRow row, CancellationToken cancellationToken);

    /// <summary>Gives an unfinished attempt to another caller: only of one that is as it was read.</summary>
    /// <returns>False when somebody else was first.</returns>
    Task<bool> RenewKey(string tenantId, IdempotencyRow read, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets a key whose request was refused: nothing was done under it. Only as it was tried: an attempt that somebody else has
    /// taken over meanwhile stays.</summary>
    Task RemoveKey(string tenantId, IdempotencyRow tried, CancellationToken cancellationToken);

    /// <returns>How many were dropped because they were begun before <paramref name="before"/>.</returns>
    Task<int> ExpireKeys(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <param name="Route">Method and path to which the key belongs.</param>
/// <param name="Fingerprint">SHA-256 of the request.</param>
/// <param name="ConversationId">Where the message goes, settled at the first try.</param>
/// <param name="MessageId">The id that the message will have.</param>
/// <param name="BegunAt">When it was first tried; the key is forgotten a day later.</param>
/// <param name="TriedAt">When it was last tried.</param>
public sealed record IdempotencyRow(
    string Route,
    string Key,
    byte[] Fingerprint,
    string ConversationId,
    Guid MessageId,
    DateTimeOffset BegunAt,
    DateTimeOffset TriedAt);
