using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Parley.Api.Problems;

namespace Parley.Api.Auth;

/// <summary>The places of webhooks whose token this node has never seen, while they wait for a store that is away.</summary>
/// <remarks>Anybody can make up a token that is well formed. Without a bound such requests would hold all places, and those of tenants find none.</remarks>
internal sealed class Strangers(IOptions<ApiOptions> options) : IDisposable
{
    /// <summary>Of the requests at work, how many are a stranger's: one in so many.</summary>
    private const int Share = 8;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _places = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, options.Value.MaxConcurrentRequests / Share),
        QueueLimit = 0,
    });

    /// <returns>A place, until it is disposed of.</returns>
    /// <exception cref="ProblemException">All are taken.</exception>
    public RateLimitLease Take()
    {
        var place = _places.AttemptAcquire();
        return place.IsAcquired ? place : throw new ProblemException(Problem.Later(ProblemCode.Overloaded, RetryAfter));
    }

    public void Dispose() => _places.Dispose();
}
