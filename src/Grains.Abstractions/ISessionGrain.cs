using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Parley.Domain.Sessions;

namespace Parley.Grains.Abstractions;

/// <summary>The one owner of a session's state. Key: <c>tenant/sessionId</c>.</summary>
/// <exception cref="RetryableException">Any call: it may have happened or not.</exception>
[TenantGrain, Alias("parley.ISessionGrain"), Version(2)]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Takes in what webhooks say of the session, and creates it when it is not there.</summary>
    [Alias("Observe")]
    Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals);

    /// <summary>Begins a session of a new instance. Its keeper creates that.</summary>
    [Alias("Create")]
    Task<SessionReply> Create(SessionPlan plan);

    /// <summary>Takes over an instance that is there.</summary>
    [Alias("Adopt")]
    Task<SessionReply> Adopt(SessionPlan plan);

    /// <summary>Takes in what its tenant asks. What is to be done at the gateway is left to its keeper.</summary>
    [Alias("Command")]
    Task<SessionReply> Command(SessionCommand command);

    /// <summary>Takes in what its keeper found out.</summary>
    /// <returns>The session as it now is; null when there is none.</returns>
    [Alias("Report")]
    Task<Session?> Report(SessionReport report);

    /// <summary>Notes that a person must look after the session.</summary>
    /// <param name="code">One of <see cref="Domain.Sessions.Attention"/>.</param>
    [Alias("Attention")]
    Task<SessionReply> Attention(string code);

    /// <summary>Notes how far a sync is.</summary>
    /// <returns>False when there is no such session.</returns>
    [Alias("Note")]
    Task<bool> Note(SyncRun run);
}

/// <param name="Session">As it now is; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("parley.SessionReply")]
public sealed record SessionReply([property: Id(0)] SessionOutcome Outcome, [property: Id(1)] Session? Session);
