namespace Parley.Api.Tests;

/// <summary>One process whose patience with its lines is cut to seconds.</summary>
public sealed class ImpatientProcess : IAsyncLifetime
{
    private ParleyProcess? _parley;

    /// <summary>Between two looks at a line that has been the same for <see cref="SettlesAfter"/>, at most.</summary>
    public static TimeSpan LongestLook { get; } = TimeSpan.FromSeconds(2);

    public static TimeSpan SettlesAfter { get; } = 2 * LongestLook;

    public ParleyProcess Parley => _parley ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => _parley = await ParleyProcess.Start(
        null,
        "--Parley:Keeper:FirstLook", "00:00:00.5",
        "--Parley:Keeper:ShortestLook", "00:00:01",
        "--Parley:Keeper:LongestLook", LongestLook.ToString("c"),
        "--Parley:Keeper:Patience", "00:00:04",
        "--Parley:Keeper:StuckAfter", "00:00:02",
        "--Parley:Keeper:SilentFor", "00:00:03",
        "--Parley:Intake:MissingAfter", "00:00:01",
        "--Parley:Sweep:Every", "00:00:01");

    public async ValueTask DisposeAsync()
    {
        if (_parley is not null)
        {
            await _parley.DisposeAsync();
        }
    }
}
