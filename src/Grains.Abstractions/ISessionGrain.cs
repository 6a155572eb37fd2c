using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Parley.Domain.Sessions;

namespace Parley.Grains.Abstractions;

/// <summary>The one owner of a session's state. Key: <c>tenant/sessionId</c>.</summary>
/// <exception cref="RetryableException">Any call: it may have happened or not.</exception>
[TenantGrain, Alias("parley.ISessionGrain"), Version(1)]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Takes in what webhooks say of the session, and creates it when it is not there.</summary>
    [Alias("Observe")]
    Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals);
}
