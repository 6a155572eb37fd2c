using System.Security.Cryptography;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Takes messages that are to be sent: durable in the queue of their session before anybody is answered.</summary>
public sealed class Sending
{
    /// <summary>How long a first try under a key counts as under way.</summary>
    public static readonly TimeSpan TryLasts = TimeSpan.FromSeconds(30);

    private readonly ISessionStore _sessions;
    private readonly IConversationStore _store;
    private readonly IIdempotencyStore _keys;
    private readonly Routes _routes;
    private readonly MessageRouter _router;
    private readonly ConversationCalls _calls;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;

    internal Sending(
        ISessionStore sessions,
        IConversationStore store,
        IIdempotencyStore keys,
        Routes routes,
        MessageRouter router,
        ConversationCalls calls,
        IGrainFactory grains,
        TimeProvider time) =>
        (_sessions, _store, _keys, _routes, _router, _calls, _grains, _time) =
            (sessions, store, keys, routes, router, calls, grains, time);

    /// <summary>Queues a message to a person or group.</summary>
    /// <param name="content">Makes the content ready; called only when the message is queued now.</param>
    /// <exception cref="RetryableException">After a few attempts.</exception>
    public async Task<SendingResult> Send(
        string tenantId,
        SendingRequest request,
        Func<CancellationToken, Task<MessageContent>> content,
        SendingKey? key,
        CancellationToken cancellationToken)
    {
        var recipient = request.To;
        var (contact, group) = await Parties(tenantId, recipient, cancellationToken);
        var session = await _sessions.ReadSession(tenantId, request.SessionId, cancellationToken);
        var messageId = Guid.CreateVersion7(_time.GetUtcNow());
        IdempotencyRow? row = null;
        if (key is not null)
        {
            var line = session?.Line ?? Address.OfSession(request.SessionId);
            var (route, _) = await _routes.Find(tenantId, line, contact, group, cancellationToken);
            var now = _time.GetUtcNow();
            row = new IdempotencyRow(key.Route, key.Key, key.Fingerprint, route.ConversationId, messageId, now, now);
            if (await _keys.BeginKey(tenantId, row, cancellationToken) is { } kept)
            {
                row = kept with { TriedAt = now };
                if (await Repeat(tenantId, kept, row, key, cancellationToken) is { } result)
                {
                    return result;
                }
            }

            messageId = row.MessageId;
        }

        try
        {
            var result = session switch
            {
                null or { DeletedByTenant: true } => new SendingResult(SendingOutcome.NoSession),
                not { Status: SessionStatus.Open, GatewayId: not null } => new SendingResult(SendingOutcome.NotOpen),
                _ => await Queue(tenantId, session, request, contact, group, messageId, row?.ConversationId, await content(cancellationToken), cancellationToken),
            };
            if (row is not null && result.Outcome is not (SendingOutcome.Queued or SendingOutcome.Known))
            {
                await _keys.RemoveKey(tenantId, row, cancellationToken);
            }

            return result;
        }
        catch (Exception e) when (row is not null && !Retryable.Is(e) && e is not OperationCanceledException)
        {
            // The request was refused: nothing was done under its key.
            await _keys.RemoveKey(tenantId, row, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Fails a message that is still queued.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> Cancel(string tenantId, string conversationId, Guid messageId, CancellationToken cancellationToken)
    {
        var tries = 0;
        var (_, reply) = await Retryable.Repeat(
            () =>
            {
                tries++;
                return _calls.Follow(tenantId, conversationId, grain => grain.Cancel(messageId), static r => r.MovedTo);
            },
            _time,
            cancellationToken);

        // A try whose answer was lost may have done it.
        return reply.Done
            || (tries > 1
                && await _store.FindById(tenantId, messageId, cancellationToken) is { Message: { Status: MessageStatus.Failed, Error.Code: var code } }
                && code == SendErrors.Cancelled.Code);
    }

    /// <returns>What a repeated request is answered; null = it has to be done (again).</returns>
    private async Task<SendingResult?> Repeat(
        string tenantId, IdempotencyRow kept, IdempotencyRow renewed, SendingKey key, CancellationToken cancellationToken)
    {
        if (!CryptographicOperations.FixedTimeEquals(kept.Fingerprint, key.Fingerprint))
        {
            return new SendingResult(SendingOutcome.KeyReused);
        }

        if (await _store.FindById(tenantId, kept.MessageId, cancellationToken) is not null)
        {
            return new SendingResult(SendingOutcome.Known, kept.MessageId);
        }

        // Whoever began it may have died, or may be at it.
        var isOver = renewed.TriedAt - kept.TriedAt >= TryLasts;
        return isOver && await _keys.RenewKey(tenantId, kept, renewed.TriedAt, cancellationToken)
            ? null
            : new SendingResult(SendingOutcome.InFlight);
    }

    private async Task<SendingResult> Queue(
        string tenantId,
        Session session,
        SendingRequest request,
        Party? contact,
        Address? group,
        Guid messageId,
        string? conversationId,
        MessageContent content,
        CancellationToken cancellationToken)
    {
        var order = new SendOrder(
            messageId, session.SessionId, session.Line, (group ?? contact!.Best)!.Value, content, request.ExpiresAt)
        {
            RequestedTo = request.RequestedTo,
            Metadata = request.Metadata,
            RetryOf = request.RetryOf,
        };
        var (_, reply) = await Retryable.Repeat(
            () => _router.Queue(tenantId, contact, group, order, conversationId, cancellationToken), _time, cancellationToken);
        if (reply.Outcome == QueueOutcome.Full)
        {
            return new SendingResult(SendingOutcome.Full);
        }

        Wake(tenantId, session.SessionId);
        return new SendingResult(reply.Outcome == QueueOutcome.Queued ? SendingOutcome.Queued : SendingOutcome.Known, messageId);
    }

    /// <summary>A queued message is a durable to-do: how waking its sender ends is no concern of the caller.</summary>
    private void Wake(string tenantId, string sessionId) =>
        _ = _grains.GetGrain<ISenderGrain>(GrainKey.Of(tenantId, sessionId)).Run()
            .ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Current);

    private async Task<(Party? Contact, Address? Group)> Parties(string tenantId, Address to, CancellationToken cancellationToken)
    {
        switch (to.Kind)
        {
            case AddressKind.Group:
                return (null, to);
            case AddressKind.Lid:
                var phones = await _routes.FindPhones(tenantId, [to], cancellationToken);
                return (new Party(phones.TryGetValue(to, out var phone) ? phone : null, to), null);
            default:
                return (new Party(to, null), null);
        }
    }
}

/// <summary>A message that somebody wants to be sent.</summary>
/// <param name="To">A number, a group or a hidden id.</param>
public sealed record SendingRequest(string SessionId, Address To, DateTimeOffset ExpiresAt)
{
    /// <summary>Whom the caller named, as they wrote it.</summary>
    public string? RequestedTo { get; init; }

    /// <summary>A JSON object as text.</summary>
    public string? Metadata { get; init; }

    /// <summary>The failed message that it repeats.</summary>
    public Guid? RetryOf { get; init; }
}

/// <summary>Under which key a request came.</summary>
/// <param name="Route">Method and path.</param>
/// <param name="Fingerprint">SHA-256 of the request.</param>
public sealed record SendingKey(string Route, string Key, byte[] Fingerprint);

/// <param name="MessageId">Of a message that is queued, now or before.</param>
public sealed record SendingResult(SendingOutcome Outcome, Guid MessageId = default);

/// <summary>What became of a message that is to be sent.</summary>
public enum SendingOutcome
{
    Queued,

    /// <summary>It was taken before, under the same key.</summary>
    Known,

    /// <summary>The key was used for another request.</summary>
    KeyReused,

    /// <summary>The first request under the key is not done yet.</summary>
    InFlight,

    /// <summary>There is no such session.</summary>
    NoSession,

    /// <summary>The session is not open, or Parley does not run it.</summary>
    NotOpen,

    /// <summary>As many as may wait in one conversation do.</summary>
    Full,
}
