using Parley.Domain.Messages;

namespace Parley.Domain.Sends;

/// <summary>What the gateway's answer to a send tells.</summary>
/// <param name="ExternalId">The gateway's id of the message.</param>
/// <param name="Timestamp">The gateway's time; null = it told none.</param>
/// <param name="Status">Null = it told none.</param>
public sealed record SendReport(string ExternalId, DateTimeOffset? Timestamp, MessageStatus? Status);
