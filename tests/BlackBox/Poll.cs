using Xunit;

namespace Parley.BlackBox;

/// <summary>Waits for what comes by itself.</summary>
public static class Poll
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"It never came: {what}.");
            await Task.Delay(50);
        }
    }
}
