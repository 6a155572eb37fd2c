using Parley.Domain.Addresses;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

public sealed class WebhookIntake
{
    public Task<IntakeCounts> Take(string tenantId, Stream body, CancellationToken ct) => throw new NotSupportedException();
}

public sealed class IntakeUnavailableException(TimeSpan retryAfter) : Exception("The store cannot keep it now.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

public sealed record ReplayResult(IntakeCounts Counts, bool Remains);

public sealed record ReplayTotals(int Replayed, int Remaining, IntakeCounts Counts);

public sealed class QuarantineReplay
{
    public Task<ReplayResult?> Replay(string tenantId, Guid id, CancellationToken ct) => throw new NotSupportedException();

    public Task<ReplayTotals> ReplayByCode(string tenantId, string code, CancellationToken ct) => throw new NotSupportedException();
}

public sealed class ConversationFinder
{
    public Task<string?> Find(string tenantId, Address one, Address other, CancellationToken ct) => throw new NotSupportedException();

    public Task<ConversationEntry?> Open(string tenantId, string conversationId, CancellationToken ct) => throw new NotSupportedException();
}

public sealed class ConversationActions
{
    public Task<MarkReadReply?> MarkRead(string tenantId, string conversationId, long? upTo, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> Delete(string tenantId, string conversationId, CancellationToken ct) => throw new NotSupportedException();
}
