using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Sends what a session has in its queue: the one place from which a gateway is asked to send.</summary>
/// <remarks>
/// Only whoever made a send leave calls the gateway, once, and within a time counted from before that commit; whoever else finds it
/// leaving waits until its maker must have given up, and then says that nobody knows (promise 8). Sends of one conversation leave one
/// after another, those of different ones side by side.
/// </remarks>
[Reentrant]
public sealed partial class SenderGrain(
    IGrainContext context,
    ISendQueue queue,
    ISessionStore sessions,
    OutgoingMessages outgoing,
    Gateways gateways,
    ConversationCalls calls,
    Echoes echoes,
    IGrainFactory grains,
    SendsUnderWay underWay,
    IWebhookBacklog backlog,
    SendOptions options,
    TimeProvider time,
    ILogger<SenderGrain> logger) : IGrainBase, ISenderGrain
{
    private const int PageSize = 200;
    private const int SettleAttempts = 8;
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>How often echoes that wait are looked at while there is always something to send.</summary>
    private static readonly TimeSpan ReleaseEvery = TimeSpan.FromSeconds(10);

    /// <summary>How often what stands behind the first page is looked through for what is over.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly (string TenantId, string SessionId) _key = GrainKey.Parse(context.GrainId.Key.ToString()!);
    private readonly Dictionary<Guid, (string ConversationId, Task Task)> _underWay = [];

    /// <summary>Conversations whose turn has not come, and when they are asked again: others do not wait for them.</summary>
    private readonly Dictionary<string, DateTimeOffset> _aside = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;
    private TaskCompletionSource _woken = new();
    private bool _stopping;

    /// <summary>The last run left nothing over, echoes that wait included.</summary>
    private bool _isDone;
    private (int PerMinute, RateLimiter Limiter)? _pace;

    /// <summary>Ends when the session's pace allows its next send; null = nobody has asked for that since the last one.</summary>
    private Task? _turn;
    private TimeSpan _pause;
    private DateTimeOffset _resumesAt;
    private DateTimeOffset _looksAgainAt;

    public IGrainContext GrainContext => context;

    public async Task<bool> Run()
    {
        if (_isDone && await queue.CountSends(_key.TenantId, _key.SessionId, 1, CancellationToken.None) == 0)
        {
            return true;
        }

        if (_running.IsCompleted)
        {
            _running = RunAll();
        }
        else
        {
            _woken.TrySetResult();
        }

        return false;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        // What is under way is carried to its end: its answer would be lost. Where the whole process ends, it was waited for before.
        _stopping = true;
        _woken.TrySetResult();
        await _running.WaitAsync(token);
        _pace?.Limiter.Dispose();
    }

    private async Task RunAll()
    {
        TenantContext.Set(_key.TenantId);
        _isDone = false;
        try
        {
            do
            {
                await SendWaiting();
            }
            while (_woken.Task.IsCompleted && !_stopping);

            _isDone = true;
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            LogLater(logger, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
    }

    private async Task SendWaiting()
    {
        var lines = new HashSet<Address>();
        var released = time.GetTimestamp();
        while (!_stopping)
        {
            // Before the list is read: what is queued after it wakes this again.
            _woken = new TaskCompletionSource();
            var sends = await queue.ListSends(_key.TenantId, _key.SessionId, null, PageSize, CancellationToken.None);
            lines.UnionWith(sends.Select(static s => s.Line));
            await EndWhatIsOver(sends);
            if (await sessions.ReadSession(_key.TenantId, _key.SessionId, CancellationToken.None) is { Status: SessionStatus.Open, GatewayId: not null } session
                && time.GetUtcNow() >= _resumesAt)
            {
                Begin(session, sends);
            }

            List<Task> waiting = [.. _underWay.Values.Select(static s => s.Task), .. _turn is { IsCompleted: false } turn ? (Task[])[turn] : []];
            if (waiting.Count == 0)
            {
                break;
            }

            // A gateway may take its time with one: other conversations do not wait for it. And while a turn is waited for, the session and
            // what is queued may change.
            await Task.WhenAny([_woken.Task, .. waiting]);
            if (time.GetElapsedTime(released) > ReleaseEvery)
            {
                await ReleaseMeanwhile(lines);
                released = time.GetTimestamp();
            }
        }

        await Task.WhenAll(_underWay.Values.Select(static s => s.Task));
        if (await sessions.ReadSession(_key.TenantId, _key.SessionId, CancellationToken.None) is { } known)
        {
            lines.Add(known.Line);
        }

        await Release(lines);
    }

    /// <summary>What fails of it is done at the end: what is under way is not left alone for it.</summary>
    private async Task ReleaseMeanwhile(IEnumerable<Address> lines)
    {
        try
        {
            await Release(lines);
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            LogLater(logger, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
    }

    private async Task Release(IEnumerable<Address> lines)
    {
        foreach (var line in lines)
        {
            await echoes.Release(_key.TenantId, line, CancellationToken.None);
        }
    }

    /// <summary>Sets off as many sends as may be on their way, the oldest of each conversation first.</summary>
    private void Begin(Session session, IReadOnlyList<QueuedSend> sends)
    {
        foreach (var (conversationId, until) in _aside)
        {
            if (until <= time.GetUtcNow())
            {
                _aside.Remove(conversationId);
            }
        }

        var busy = sends.Where(static s => s.State == SendState.Leaving).Select(static s => s.ConversationId)
            .Concat(_underWay.Values.Select(static s => s.ConversationId))
            .Concat(_aside.Keys)
            .ToHashSet(StringComparer.Ordinal);
        var firsts = sends
            .GroupBy(static s => s.ConversationId, StringComparer.Ordinal)
            .Where(g => !busy.Contains(g.Key))
            .Select(static g => g.MinBy(static s => s.Sequence)!)
            .OrderBy(static s => s.MessageId);
        foreach (var send in firsts)
        {
            if (_underWay.Count >= options.AtOnce || _stopping || time.GetUtcNow() < _resumesAt)
            {
                return;
            }

            if (!TakeTurn(session))
            {
                return;
            }

            if (!underWay.TryBegin())
            {
                _stopping = true;
                return;
            }

            _underWay[send.MessageId] = (send.ConversationId, SendAndForget(session, send));
        }
    }

    private async Task SendAndForget(Session session, QueuedSend send)
    {
        // Nothing of it may run before it is noted as under way.
        await Task.Yield();
        try
        {
            await SendOne(session, send);
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            PauseSending(null);
            LogLater(logger, e.Message);
        }
        catch (Exception e)
        {
            PauseSending(null);
            LogFailed(logger, e);
        }
        finally
        {
            _underWay.Remove(send.MessageId);
            underWay.End();
        }
    }

    private async Task SendOne(Session session, QueuedSend send)
    {
        var token = Guid.NewGuid();
        var leavesBy = new Deadline(time, options.LeavesWithin);
        var (conversationId, leave) = await MakeLeave(send, token);
        if (leave is not { Outcome: LeaveOutcome.Leaving, Message: { } message, To: { } to })
        {
            // A conversation that has not taken over what was merged into it knows nothing of its sends: they wait in the queue meanwhile.
            if (leave.Outcome == LeaveOutcome.Later || conversationId != send.ConversationId)
            {
                // By a pace it has spent a turn: the next ones are for others.
                var turns = _pace is { } pace ? 2 * TimeSpan.FromMinutes(1) / pace.PerMinute : TimeSpan.Zero;
                _aside[send.ConversationId] = time.GetUtcNow() + (turns > ShortestPause ? turns : ShortestPause);
            }

            return;
        }

        var result = await CallGateway(session, message, to, leavesBy);
        if (result.Outcome == SendResult.Unknown && !await backlog.IsDone(time.GetUtcNow(), CancellationToken.None))
        {
            // Its echo may wait in the buffer. It is settled as an abandoned one, when what came meanwhile is taken in.
            return;
        }

        await Settle(send.ConversationId, result with { MessageId = message.Id, Token = token });
        if (result.Error?.Code == SendErrors.WrongRecipient)
        {
            await Attend(Attention.WrongRecipient);
        }
    }

    /// <summary>Calls the gateway, once, if there is still time for it.</summary>
    private async Task<SettleRequest> CallGateway(Session session, Message message, Address to, Deadline leavesBy)
    {
        // The line was paired with another phone since: its number is not the one from which this was to come.
        if (session.PhoneNumber is { } number && message.From.Kind == AddressKind.Phone && message.From.Canonical != number.Canonical)
        {
            return Failed(message, SendErrors.OtherNumber, $"The session's number is {number.Value} now.");
        }

        OpenGateway? gateway;
        OutgoingMessage ready;
        try
        {
            gateway = await gateways.Open(session.GatewayId!, CancellationToken.None);
            ready = await outgoing.Prepare(_key.TenantId, message, to, CancellationToken.None);
        }
        catch (MediaMissingException)
        {
            return Failed(message, SendErrors.MediaGone, "Its media is no longer there.");
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
            PauseSending(null);
            return NotSent(message);
        }

        if (gateway is null)
        {
            return Failed(message, SendErrors.InstanceMissing, "The session's gateway is gone.");
        }

        return await CallGateway(gateway, session.InstanceName, message, ready, leavesBy);
    }

    private async Task<SettleRequest> CallGateway(
        OpenGateway gateway, string instanceName, Message message, OutgoingMessage ready, Deadline leavesBy)
    {
        try
        {
            var answer = await gateway.Gateway.Send(gateway.Access, instanceName, ready, leavesBy, options.Timeout, CancellationToken.None);
            _pause = TimeSpan.Zero;
            if (!await outgoing.IsFor(_key.TenantId, ready.To, answer.To, CancellationToken.None))
            {
                return Failed(
                    message, SendErrors.WrongRecipient, $"The gateway sent it to {answer.To!.Value.Value} under the id {answer.ExternalId}.");
            }

            return new SettleRequest(message.Id, null, SendResult.Accepted)
            {
                ExternalId = answer.ExternalId,
                Timestamp = answer.Timestamp,
                Status = answer.Status,
            };
        }
        catch (GatewayException e)
        {
            var (result, error) = SendFaults.Of(e);
            if (result == SendResult.NotSent)
            {
                PauseSending(e.RetryAfter);
            }

            return new SettleRequest(message.Id, null, result) { Error = error };
        }
        catch (Exception e)
        {
            // It may be out by now: whatever failed came at or after the request.
            LogFailed(logger, e);
            return new SettleRequest(message.Id, null, SendResult.Unknown);
        }
    }

    private static SettleRequest Failed(Message message, string code, string text) =>
        new(message.Id, null, SendResult.Failed) { Error = new MessageError(code, text) };

    private static SettleRequest NotSent(Message message) => new(message.Id, null, SendResult.NotSent);

    /// <returns>The reply, and the conversation that gave it.</returns>
    /// <remarks>Where the answer was lost it may be leaving by this token already: only asking again tells.</remarks>
    private Task<(string ConversationId, LeaveReply Reply)> MakeLeave(QueuedSend send, Guid token) => Insist(() => calls.Follow(
        _key.TenantId, send.ConversationId, grain => grain.Leave(send.MessageId, token), static r => r.MovedTo));

    /// <summary>Reports how a send ended. What cannot be reported is <c>outcome_unknown</c> before long, and an echo may tell better.</summary>
    private async Task Settle(string conversationId, SettleRequest request) => await Insist(() => calls.Follow(
        _key.TenantId, conversationId, grain => grain.Settle(request), static r => r.MovedTo));

    /// <summary>A person must look after the session.</summary>
    private async Task Attend(string code) =>
        await Insist(() => grains.GetGrain<ISessionGrain>(GrainKey.Of(_key.TenantId, _key.SessionId)).Attention(code));

    /// <summary>Longer than other callers do: nobody else can tell what this one knows.</summary>
    private async Task<T> Insist<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (Retryable.Is(e) && attempt < SettleAttempts)
            {
                await Task.Delay(SettlePause * attempt, time);
            }
        }
    }

    /// <summary>A queue may be long, and what is last in it be the first to be over.</summary>
    private async Task EndWhatIsOver(IReadOnlyList<QueuedSend> firstPage)
    {
        await SettleAbandoned(firstPage);
        await Expire(firstPage);
        if (firstPage.Count < PageSize || time.GetUtcNow() < _looksAgainAt)
        {
            return;
        }

        for (var page = firstPage; page.Count == PageSize;)
        {
            page = await queue.ListSends(_key.TenantId, _key.SessionId, page[^1].MessageId, PageSize, CancellationToken.None);
            await SettleAbandoned(page);
            await Expire(page);
        }

        _looksAgainAt = time.GetUtcNow() + LookEvery;
    }

    private async Task SettleAbandoned(IReadOnlyList<QueuedSend> sends)
    {
        var before = time.GetUtcNow() - options.Abandoned;
        var abandoned = sends.Where(s => s.State == SendState.Leaving && s.Since < before && !_underWay.ContainsKey(s.MessageId));
        foreach (var send in abandoned.OrderBy(static s => s.Since))
        {
            // What was received until its maker gave up may tell better than nobody. What waits for an earlier one waits for a later one, too.
            if (!await backlog.IsDone(send.Since + options.Abandoned, CancellationToken.None))
            {
                return;
            }

            await Settle(send.ConversationId, new SettleRequest(send.MessageId, null, SendResult.Unknown));
        }
    }

    private async Task Expire(IReadOnlyList<QueuedSend> sends)
    {
        var now = time.GetUtcNow();
        foreach (var send in sends.Where(s => s.State == SendState.Queued && s.ExpiresAt <= now && !_underWay.ContainsKey(s.MessageId)))
        {
            // One that is over does not leave: asking for it ends it.
            var token = Guid.NewGuid();
            var (conversationId, leave) = await MakeLeave(send, token);
            if (leave.Outcome == LeaveOutcome.Leaving)
            {
                // By its conversation's clock it is not over yet: nobody is going to send it by this token.
                await Settle(conversationId, new SettleRequest(send.MessageId, token, SendResult.NotSent));
            }
        }
    }

    /// <returns>Whether one may leave now by the session's pace.</returns>
    private bool TakeTurn(Session session)
    {
        var pace = session.Settings.SendsPerMinute ?? options.SendsPerMinute;
        if (_pace?.PerMinute != pace)
        {
            // Whoever waits by the old pace is let go.
            _turn = null;
            _pace?.Limiter.Dispose();
            _pace = null;
        }

        if (pace is not { } perMinute)
        {
            return true;
        }

        if (_pace is null)
        {
            _pace = (perMinute, new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = 1,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
                QueueLimit = 1,
            }));
        }

        _turn ??= WaitForTurn(_pace.Value.Limiter);
        if (!_turn.IsCompleted)
        {
            return false;
        }

        _turn = null;
        return true;
    }

    private static async Task WaitForTurn(RateLimiter limiter)
    {
        using var lease = await limiter.AcquireAsync();
    }

    /// <summary>A gateway that takes nothing is left alone for a while, longer each time.</summary>
    private void PauseSending(TimeSpan? retryAfter)
    {
        _pause = _pause == TimeSpan.Zero ? ShortestPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        var pause = retryAfter is { } wanted && wanted > _pause ? wanted : _pause;
        _resumesAt = time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
    }

    [LoggerMessage(2201, LogLevel.Information, "Sending pauses: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);

    [LoggerMessage(2202, LogLevel.Error, "A send failed for a reason of our own.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
