using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Problems;

namespace Parley.Api.Http;

/// <summary>Bounds what the credentials of a tenant ask of this node, and tells with every answer how much is left
/// (draft-ietf-httpapi-ratelimit-headers).</summary>
/// <remarks>A bucket of tokens for each tenant that calls. One that has been full for ten seconds is let go, so nothing is kept of who does not
/// call.</remarks>
internal sealed class TenantQuota : IDisposable
{
    public const string Header = "RateLimit";
    public const string PolicyHeader = "RateLimit-Policy";

    private const int WindowSeconds = 60;
    private static readonly Meter Meter = new("Parley.Api");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "parley.api.quota_refused", "{request}", "Requests that were refused because their tenant had asked too much.");

    private readonly PartitionedRateLimiter<string>? _buckets;
    private readonly int _requests;

    /// <summary>Within this a request more is certain, whole seconds.</summary>
    private readonly int _moreAfter;

    public TenantQuota(IOptions<ApiOptions> options)
    {
        _requests = options.Value.Quota.RequestsPerMinute;
        if (_requests <= 0)
        {
            return;
        }

        // Buckets are looked at ten times a second, and who comes back on time must not be refused again.
        _moreAfter = (int)Math.Ceiling(((double)WindowSeconds / _requests) + 0.1);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = _requests,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromTicks(Math.Max(1, TimeSpan.TicksPerSecond * WindowSeconds / _requests)),
            QueueLimit = 0,
        };
        _buckets = PartitionedRateLimiter.Create<string, string>(
            tenantId => RateLimitPartition.GetTokenBucketLimiter(tenantId, _ => bucket), StringComparer.Ordinal);
    }

    /// <summary>Lets a request through that is within its tenant's quota, or is none of a tenant. Nothing of it is read before.</summary>
    public Task Admit(HttpContext context, RequestDelegate next)
    {
        if (_buckets is null
            || context.GetEndpoint()?.Metadata.GetMetadata<QuotaMetadata>() is null
            || context.User.FindFirstValue(ParleyAuthentication.TenantClaim) is not { } tenantId)
        {
            return next(context);
        }

        var (isWithin, left) = Take(_buckets, tenantId);
        var headers = context.Response.Headers;
        headers[PolicyHeader] = string.Create(CultureInfo.InvariantCulture, $"\"tenant\";q={_requests};w={WindowSeconds}");
        headers[Header] = string.Create(CultureInfo.InvariantCulture, $"\"tenant\";r={left};t={_moreAfter}");
        if (isWithin)
        {
            return next(context);
        }

        Refused.Add(1);
        return Problem.Later(
                ProblemCode.QuotaExceeded,
                TimeSpan.FromSeconds(_moreAfter),
                string.Create(CultureInfo.InvariantCulture, $"A tenant may ask {_requests} times a minute."))
            .ExecuteAsync(context);
    }

    public void Dispose() => _buckets?.Dispose();

    private static (bool IsWithin, long Left) Take(PartitionedRateLimiter<string> buckets, string tenantId)
    {
        using var lease = buckets.AttemptAcquire(tenantId);
        return lease.IsAcquired ? (true, buckets.GetStatistics(tenantId)?.CurrentAvailablePermits ?? 0) : (false, 0);
    }
}

/// <summary>A route whose requests count for the quota of their tenant.</summary>
internal sealed record QuotaMetadata;
