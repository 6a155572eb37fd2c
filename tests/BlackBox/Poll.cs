using Xunit;

namespace Parley.BlackBox;

/// <summary>Waits for what comes by itself.</summary>
public static class Poll
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="patience">Null = half a minute.</param>
    public static Task Until(Func<Task<bool>> condition, string what, TimeSpan? patience = null) => Until(condition, () => what, patience);

    /// <param name="what">Asked once it has not come: it may tell what came instead.</param>
    /// <param name="patience">Null = half a minute.</param>
    public static async Task Until(Func<Task<bool>> condition, Func<string> what, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? Patience);
        while (!await condition())
        {
            if (DateTime.UtcNow >= deadline)
            {
                Assert.Fail($"It never came: {what()}.");
            }

            await Task.Delay(50);
        }
    }
}
