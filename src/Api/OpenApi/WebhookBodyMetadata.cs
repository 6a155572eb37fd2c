namespace Parley.Api.OpenApi;

/// <summary>Marks endpoints that read a webhook's body from the wire themselves.</summary>
internal sealed record WebhookBodyMetadata;
