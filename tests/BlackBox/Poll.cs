using Xunit;

namespace Parley.BlackBox;

/// <summary>Waits for what comes by itself.</summary>
public static class Poll
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="patience">Null = half a minute.</param>
    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? Patience);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"It never came: {what}.");
            await Task.Delay(50);
        }
    }
}
