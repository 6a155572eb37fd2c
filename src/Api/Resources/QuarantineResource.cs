using System.ComponentModel.DataAnnotations;
using Parley.Api.Http;

namespace Parley.Api.Resources;

/// <summary>A payload that was not understood.</summary>
/// <param name="Code">Why, as a stable word.</param>
internal sealed record QuarantineResource(
    Guid Id, string Code, string Detail, string? Instance, string? Event, DateTimeOffset ReceivedAt, long Size);

/// <param name="Payload">The body as the gateway posted it, without its secrets.</param>
internal sealed record QuarantineDetailsResource(
    Guid Id, string Code, string Detail, string? Instance, string? Event, DateTimeOffset ReceivedAt, long Size, RawJson Payload);

/// <param name="Remains">It was not understood this time either and is still kept.</param>
internal sealed record ReplayResource(int Accepted, int Duplicates, int Ignored, int Quarantined, bool Remains);

/// <param name="Code">Payloads of this code are replayed.</param>
/// <param name="Since">Only what was received then or later.</param>
internal sealed record ReplayRequest([property: MinLength(1), MaxLength(100)] string Code, DateTimeOffset? Since = null);

/// <param name="Replayed">Payloads that were tried.</param>
/// <param name="Remaining">Payloads of them that are still kept.</param>
internal sealed record ReplayTotalsResource(int Replayed, int Remaining, int Accepted, int Duplicates, int Ignored, int Quarantined);
