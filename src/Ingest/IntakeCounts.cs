namespace Parley.Ingest;

/// <summary>What became of the parts of a body. What the gateway is answered.</summary>
public sealed record IntakeCounts(int Accepted, int Duplicates, int Ignored, int Quarantined)
{
    public static IntakeCounts None { get; } = new(0, 0, 0, 0);

    public static IntakeCounts operator +(IntakeCounts one, IntakeCounts other) => new(
        one.Accepted + other.Accepted,
        one.Duplicates + other.Duplicates,
        one.Ignored + other.Ignored,
        one.Quarantined + other.Quarantined);
}
