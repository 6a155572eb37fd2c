namespace Parley.Domain.Messages;

/// <summary>Which of two changes of one thing is the later.</summary>
/// <remarks>
/// By the sender's time; then by the envelope's time, which is a server's wall clock and compared within one gateway only;
/// then a removal wins, then the greater text by ordinals. A change without a time of its own never beats one that has it.
/// Within one gateway this is a total order, so every order of arrival ends in the same winner.
/// </remarks>
public static class ChangeOrder
{
    /// <summary>Compares two changes of one gateway; a removal is a null text.</summary>
    public static int Compare(ChangeStamp one, string? text, ChangeStamp other, string? otherText)
    {
        var byTime = CompareSent(one, other);
        if (byTime != 0)
        {
            return byTime;
        }

        if (one.Gateway == other.Gateway)
        {
            var byEnvelope = Nullable.Compare(one.EnvelopeMs, other.EnvelopeMs);
            if (byEnvelope != 0)
            {
                return byEnvelope;
            }
        }

        return CompareText(text, otherText);
    }

    /// <summary>Compares the winners of different gateways, whose clocks say nothing about each other.</summary>
    public static int CompareAcross(ChangeStamp one, string? text, ChangeStamp other, string? otherText)
    {
        var byTime = CompareSent(one, other);
        return byTime != 0 ? byTime : CompareText(text, otherText);
    }

    /// <summary>The latest of changes that may come from several gateways: first within each, then across.</summary>
    public static T? Latest<T>(IEnumerable<T> changes, Func<T, ChangeStamp> stamp, Func<T, string?> text)
        where T : class
    {
        var winners = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var gateway = stamp(change).Gateway;
            if (!winners.TryGetValue(gateway, out var known)
                || Compare(stamp(change), text(change), stamp(known), text(known)) > 0)
            {
                winners[gateway] = change;
            }
        }

        T? latest = null;
        foreach (var change in winners.Values)
        {
            if (latest is null || CompareAcross(stamp(change), text(change), stamp(latest), text(latest)) > 0)
            {
                latest = change;
            }
        }

        return latest;
    }

    private static int CompareSent(ChangeStamp one, ChangeStamp other) => Nullable.Compare(one.SentMs, other.SentMs);

    private static int CompareText(string? text, string? other) =>
        text is null ? (other is null ? 0 : 1) : other is null ? -1 : string.CompareOrdinal(text, other);
}
