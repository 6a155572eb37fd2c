using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Simulator.Histories;

/// <summary>A webhook as the history's author meant it: what is true in the world, not how the payload says it.</summary>
/// <param name="Number">Its place in the scenario, from 1.</param>
/// <param name="SessionId">The session that tells it.</param>
public sealed record Webhook(int Number, string TenantId, string SessionId, ImmutableArray<Fact> Facts);

/// <summary>Something true that a webhook tells.</summary>
public abstract record Fact;

/// <summary>A message exists.</summary>
/// <param name="Peer">The other side by one of its addresses: the person, or the group.</param>
/// <param name="Line">The line by one of its names.</param>
public sealed record MessageFact(
    string ExternalId,
    Direction Direction,
    ConversationKind Kind,
    Address Peer,
    Address Line,
    string? Text,
    DateTimeOffset Timestamp,
    MessageStatus Status,
    MessageOrigin Origin) : Fact;

/// <summary>A message of a line changed.</summary>
/// <param name="Line">The line whose copy is meant, by one of its names.</param>
public sealed record ChangeFact(MessageChange Change, Address Line) : Fact;

/// <summary>A hidden id has a number.</summary>
public sealed record PairFact(LidPair Pair) : Fact;

/// <summary>The line of a session has this number.</summary>
public sealed record NumberFact(string SessionId, Address PhoneNumber) : Fact;
