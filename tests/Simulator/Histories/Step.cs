using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Simulator.Histories;

/// <summary>One thing that took effect in a history, in the order in which it did.</summary>
public abstract record Step;

/// <summary>The store made a commit durable.</summary>
/// <param name="IsLate">Its caller had given up, or was dead.</param>
public sealed record Committed(ConversationCommit Commit, bool IsLate = false) : Step;

/// <summary>The store made a session's commit durable.</summary>
public sealed record SessionCommitted(SessionCommit Commit) : Step;

/// <summary>Pairs of hidden ids and numbers became durable.</summary>
public sealed record PairsLearned(string TenantId, IReadOnlyList<LidPair> Pairs) : Step;

/// <summary>Changes became durable before their messages.</summary>
/// <param name="IsLate">Their caller had given up, or was dead.</param>
public sealed record ChangesParked(string TenantId, IReadOnlyList<ParkedChange> Changes, bool IsLate = false) : Step;

/// <summary>Parked changes went, by themselves or with a commit.</summary>
public sealed record ChangesUnparked(string TenantId, IReadOnlyList<long> Ids) : Step;

/// <summary>A relay gave events their positions in the tenant's log.</summary>
public sealed record EventsNumbered(string TenantId, IReadOnlyList<LoggedEvent> Events) : Step;

/// <summary>A payload was put aside.</summary>
public sealed record PutAside(string TenantId, string Code, string Detail) : Step;

/// <summary>A webhook was answered with success.</summary>
public sealed record WebhookAnswered(Webhook Webhook) : Step;

/// <summary>A mark-read was answered: everything up to there is read.</summary>
public sealed record ReadAnswered(string TenantId, string ConversationId, long ReadUpTo) : Step;

/// <summary>A deletion was answered.</summary>
/// <param name="LastSequence">The last sequence that the one who asked had seen when it asked.</param>
public sealed record DeletionAnswered(string TenantId, string ConversationId, long LastSequence) : Step;

/// <summary>Everything was told and answered, and no sweep has run: what had to meet by itself has met.</summary>
public sealed record AllAnswered : Step;

/// <summary>WhatsApp has a message from the gateway.</summary>
/// <param name="IsLate">Whoever asked for it had been told something else, or had stopped waiting.</param>
public sealed record SentOut(string TenantId, Guid MessageId, string ExternalId, bool IsLate) : Step;

/// <summary>The gateway's answer to a send has reached its maker.</summary>
public sealed record SendHeard(string TenantId, Guid MessageId, string ExternalId) : Step;

/// <summary>Who asked for a message to be sent was told that it will be.</summary>
public sealed record SendAnswered(string TenantId, Guid MessageId) : Step;

/// <summary>Who took a message back was told that it does not leave.</summary>
public sealed record CancelAnswered(string TenantId, Guid MessageId) : Step;

/// <summary>What may be the echo of a leaving send became durable.</summary>
public sealed record EchoParked(string TenantId, long Id, ParkedEcho Echo) : Step;

/// <summary>A parked echo went.</summary>
public sealed record EchoRemoved(string TenantId, long Id) : Step;
