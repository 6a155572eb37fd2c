namespace Parley.Api.Http;

/// <summary>How much a tenant may ask (<c>Parley:Quota</c>).</summary>
public sealed class QuotaOptions
{
    /// <summary>Requests of one tenant to this process within a minute; more are answered with 429. 0 = as many as it likes.</summary>
    public int RequestsPerMinute { get; set; } = 60_000;
}
