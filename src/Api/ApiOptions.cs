using Parley.Api.Auth;
using Parley.Api.Events;
using Parley.Api.Http;

namespace Parley.Api;

/// <summary>Settings of the API (section <c>Parley</c> of the configuration).</summary>
public sealed class ApiOptions
{
    private static readonly TimeSpan LongestUpload = TimeSpan.FromDays(1);

    /// <summary>The administrator's key. The host makes one when none is configured.</summary>
    public string AdminKey { get; set; } = "";

    /// <summary>The address at which gateways reach Parley.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>A port of its own for <c>/metrics</c>, where it needs no key; null = only on the main port, with the admin key.</summary>
    public int? MetricsPort { get; set; }

    /// <summary>Requests that run at once; more wait.</summary>
    public int MaxConcurrentRequests { get; set; } = 1024;

    /// <summary>Requests that wait; more are answered with 503 and Retry-After.</summary>
    public int MaxWaitingRequests { get; set; } = 2048;

    /// <summary>The largest body of a request in bytes; webhooks have a bound of their own.</summary>
    public long MaxRequestBytes { get; set; } = 1024 * 1024;

    /// <summary>What the sweep of unnamed media leaves alone.</summary>
    public UnnamedMediaOptions Sweep { get; set; } = new();

    /// <summary>How long readiness fails before requests are no longer taken, when the process stops.</summary>
    public TimeSpan ShutdownDelay { get; set; } = TimeSpan.Zero;

    public JwtOptions Jwt { get; set; } = new();

    public QuotaOptions Quota { get; set; } = new();

    public EventsOptions Events { get; set; } = new();

    public CorsOptions Cors { get; set; } = new();

    /// <summary>How long an upload can be sent: no longer than its file is kept.</summary>
    internal TimeSpan UploadLife => Sweep.KeepUnnamedMedia < LongestUpload ? Sweep.KeepUnnamedMedia : LongestUpload;

    /// <summary>Where a gateway must post to.</summary>
    internal string WebhookUrl(string token) => $"{PublicUrl.TrimEnd('/')}/webhooks/evolution/{token}";
}
