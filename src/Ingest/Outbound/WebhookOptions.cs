using Parley.Domain.Webhooks;

namespace Parley.Ingest.Outbound;

/// <summary>How events are posted (section <c>Parley:Webhooks</c> of the configuration).</summary>
public sealed class WebhookOptions
{
    /// <summary>How long an endpoint may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A pause before each attempt; null = the published schedule.</summary>
    public IReadOnlyList<TimeSpan>? Schedule { get; set; }

    /// <summary>How many events of one endpoint are on their way at once, of different conversations.</summary>
    public int AtOnce { get; set; } = 16;

    /// <summary>How many endpoints a tenant may have, and how many the administrator.</summary>
    public int MostEndpoints { get; set; } = 20;

    /// <summary>How long a secret signs along after it was replaced.</summary>
    public TimeSpan OldSecretSigns { get; set; } = TimeSpan.FromHours(24);

    public bool IsUsable => Timeout > TimeSpan.Zero && AtOnce > 0 && MostEndpoints > 0 && OldSecretSigns >= TimeSpan.Zero
        && (Schedule is null || (Schedule.Count > 0 && Schedule.All(static s => s >= TimeSpan.Zero)));

    internal RetrySchedule Retries => Schedule is { Count: > 0 } own ? new RetrySchedule([.. own]) : RetrySchedule.Published;
}
