namespace Parley.Domain.Messages;

/// <summary>The earliest known time of each status; null where it is not reached.</summary>
[GenerateSerializer, Immutable, Alias("parley.StatusTimes")]
public sealed record StatusTimes
{
    public static StatusTimes None { get; } = new();

    [Id(0)]
    public DateTimeOffset? SentAt { get; init; }

    [Id(1)]
    public DateTimeOffset? DeliveredAt { get; init; }

    [Id(2)]
    public DateTimeOffset? ReadAt { get; init; }

    [Id(3)]
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>These times with one more report: a status also dates those that it implies, and the earliest stays.</summary>
    public StatusTimes With(MessageStatus status, DateTimeOffset at) => this with
    {
        SentAt = status is MessageStatus.Sent or MessageStatus.Delivered or MessageStatus.Read ? Earliest(SentAt, at) : SentAt,
        DeliveredAt = status is MessageStatus.Delivered or MessageStatus.Read ? Earliest(DeliveredAt, at) : DeliveredAt,
        ReadAt = status is MessageStatus.Read ? Earliest(ReadAt, at) : ReadAt,
        FailedAt = status is MessageStatus.Failed or MessageStatus.OutcomeUnknown ? Earliest(FailedAt, at) : FailedAt,
    };

    /// <summary>The earliest of both, status by status.</summary>
    public StatusTimes With(StatusTimes other) => new()
    {
        SentAt = Earliest(SentAt, other.SentAt),
        DeliveredAt = Earliest(DeliveredAt, other.DeliveredAt),
        ReadAt = Earliest(ReadAt, other.ReadAt),
        FailedAt = Earliest(FailedAt, other.FailedAt),
    };

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one <= other ? one : other;
}
