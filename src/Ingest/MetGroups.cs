using System.Threading.Channels;
using Parley.Domain.Addresses;
using Parley.Domain.Sessions;

namespace Parley.Ingest;

/// <summary>Groups that wrote lately on this node, each waiting once to be asked for its name (<see cref="GroupNamer"/>).</summary>
internal sealed class MetGroups(TimeProvider time)
{
    private const int MostWaiting = 1_000;
    private const int MostKnown = 100_000;

    /// <summary>How long a group that was met is not looked at again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private readonly ExpiringMap<(string TenantId, Address Group), bool> _met = new(time, Rest, MostKnown);

    // Those that find no room wait for a later message of theirs.
    private readonly Channel<MetGroup> _waiting = Channel.CreateBounded<MetGroup>(MostWaiting);

    /// <param name="session">Whose line it wrote to.</param>
    public void Add(string tenantId, Session session, IEnumerable<Address> groups)
    {
        if (!session.IsRun)
        {
            return;
        }

        foreach (var group in groups)
        {
            var key = (tenantId, group.Canonical);
            if (!_met.TryGet(key, out _) && _waiting.Writer.TryWrite(new(tenantId, session.SessionId, group)))
            {
                _met.Set(key, true);
            }
        }
    }

    /// <summary>Those that wait, as they come, each once.</summary>
    public IAsyncEnumerable<MetGroup> Take(CancellationToken cancellationToken) => _waiting.Reader.ReadAllAsync(cancellationToken);
}

/// <param name="SessionId">Whose gateway can be asked.</param>
internal sealed record MetGroup(string TenantId, string SessionId, Address Group);
