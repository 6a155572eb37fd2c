using System.Collections.Immutable;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;

namespace Parley.PreviousSilo;

/// <summary>As <see cref="ConversationGrain"/>.</summary>
public sealed class SessionGrain(IGrainContext context) : ISessionGrain
{
    public Task<Session> Observe(string instanceName, ImmutableArray<SessionSignal> signals)
    {
        var key = context.GrainId.Key.ToString()!;
        Output.Write(new
        {
            Call = nameof(Observe),
            Key = key,
            Tenant = RequestContext.Get(TenantContext.Key),
            Given = new { instanceName, signals },
        });
        return Task.FromResult(new Session
        {
            SessionId = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..],
            Version = signals.Length,
            InstanceName = instanceName,
            Status = signals[^1].Status ?? SessionStatus.Open,
            StatusReason = signals[^1].Reason,
            PhoneNumber = signals[^1].PhoneNumber,
            OwnLids = [.. signals.Select(static s => s.OwnLid).OfType<Domain.Addresses.Address>()],
            CreatedAt = signals[0].ReceivedAt,
            UpdatedAt = signals[^1].ReceivedAt,
        });
    }
}
