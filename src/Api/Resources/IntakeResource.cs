namespace Parley.Api.Resources;

/// <summary>What became of the parts of a webhook's body.</summary>
internal sealed record IntakeResource(int Accepted, int Duplicates, int Ignored, int Quarantined);

/// <summary>The body of a webhook; more fields come with it and are read by the kind of event.</summary>
internal sealed record WebhookBody(string Event, string Instance);

/// <param name="Status"><c>ok</c>.</param>
/// <param name="Checks">What was looked at.</param>
internal sealed record HealthResource(string Status, IReadOnlyDictionary<string, bool> Checks);
