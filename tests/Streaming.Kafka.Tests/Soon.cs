namespace Parley.Streaming.Kafka.Tests;

internal static class Soon
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for what comes by itself.</summary>
    public static Task Holds(Func<bool> condition, string what) => Holds(() => Task.FromResult(condition()), what);

    /// <summary>As the other.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"It never came: {what}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
