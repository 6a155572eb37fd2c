using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>The identity of a message within its conversation (promise 1).</summary>
public readonly record struct MessageKey(Direction Direction, string ExternalId);
