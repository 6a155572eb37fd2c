using System.Collections.Immutable;
using Orleans.Concurrency;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>The one owner of a session's state; see <see cref="SessionRules"/> for the decisions.</summary>
[Reentrant]
public sealed class SessionGrain : IGrainBase, ISessionGrain
{
    private readonly ISessionStore _store;
    private readonly TimeProvider _time;
    private readonly string _tenantId;
    private readonly string _sessionId;
    private readonly SerialQueue _serial = new();
    private bool _loaded;
    private bool _failed;
    private Session? _session;

    public SessionGrain(IGrainContext context, ISessionStore store, TimeProvider time)
    {
        GrainContext = context;
        (_store, _time) = (store, time);
        (_tenantId, _sessionId) = GrainKey.Parse(context.GrainId.Key.ToString()!);
    }

    public IGrainContext GrainContext { get; }

    public Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals) => Run(async () =>
    {
        foreach (var signal in signals)
        {
            if (SessionRules.Observe(_tenantId, _sessionId, instanceName, _session, signal, _time.GetUtcNow()) is { } commit)
            {
                await Commit(commit);
            }
        }

        return _session!;
    });

    public Task<SessionReply> Create(SessionPlan plan) =>
        Decide(session => SessionCommands.Create(_tenantId, _sessionId, session, plan, _time.GetUtcNow()));

    public Task<SessionReply> Adopt(SessionPlan plan) =>
        Decide(session => SessionCommands.Adopt(_tenantId, _sessionId, session, plan, _time.GetUtcNow()));

    public Task<SessionReply> Command(SessionCommand command) =>
        Decide(session => SessionCommands.Command(_tenantId, session, command, _time.GetUtcNow()));

    public Task<SessionReply> Attention(string code) =>
        Decide(session => SessionCommands.Attend(_tenantId, session, code, _time.GetUtcNow()));

    public Task<bool> Note(SyncRun run) => Run(async () =>
    {
        await CommitOrConfirm(_session is { } session ? SessionSyncs.Note(_tenantId, session, run, _time.GetUtcNow()) : null);
        return _session is not null;
    });

    public Task<Session?> Report(SessionReport report) => Run(async () =>
    {
        await CommitOrConfirm(SessionReports.Report(_tenantId, _session, report, _time.GetUtcNow()));
        return _session;
    });

    private Task<SessionReply> Decide(Func<Session?, SessionDecision> decide) => Run(async () =>
    {
        var decision = decide(_session);
        await CommitOrConfirm(decision.Commit);
        return new SessionReply(decision.Outcome, _session);
    });

    /// <summary>Read, decide, commit: one call after another.</summary>
    private Task<T> Run<T>(Func<Task<T>> action) => _serial.Run(async () =>
    {
        try
        {
            await Load();
            return await action();
        }
        catch (StoreException e)
        {
            throw new RetryableException("The session's store did not answer.", e);
        }
    });

    private async Task Load()
    {
        if (_failed)
        {
            throw new RetryableException("This activation has ended.");
        }

        if (!_loaded)
        {
            _session = await _store.ReadSession(_tenantId, _sessionId, CancellationToken.None);
            _loaded = true;
        }
    }

    /// <summary>An answer that rests on what is in memory alone is given only if that is still the kept session: another owner may have committed,
    /// and nothing else would tell this one.</summary>
    private async Task CommitOrConfirm(SessionCommit? commit)
    {
        if (commit is not null)
        {
            await Commit(commit);
        }
        else if ((await _store.ReadSession(_tenantId, _sessionId, CancellationToken.None))?.Version != _session?.Version)
        {
            throw Fail("Another owner has committed.", null);
        }
    }

    /// <summary>Only a clear yes moves what is in memory; anything else ends the activation.</summary>
    private async Task Commit(SessionCommit commit)
    {
        try
        {
            var result = await _store.Commit(commit, CancellationToken.None);
            if (result.Outcome == CommitOutcome.Done)
            {
                _session = commit.Session;
                return;
            }
        }
        catch (Exception e)
        {
            throw Fail("The outcome of a commit is not known.", e);
        }

        throw Fail("Another owner has committed.", null);
    }

    private RetryableException Fail(string message, Exception? cause)
    {
        _failed = true;
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, message));
        return cause is null ? new RetryableException(message) : new RetryableException(message, cause);
    }
}
