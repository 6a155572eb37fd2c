using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>A change that came before its message.</summary>
public sealed record ParkedChange(long Id, string TenantId, string SessionId, MessageChange Change);
