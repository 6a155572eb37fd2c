namespace Parley.Bench.Load;

/// <summary>What the rounds of a run come to.</summary>
internal static class Median
{
    /// <returns>The middle one; of an even number the mean of the two in the middle.</returns>
    public static double Of(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
