using Xunit.Sdk;

namespace Parley.Api.Tests;

/// <summary>One process whose patience with its lines is cut to seconds.</summary>
public sealed class ImpatientProcess : IAsyncLifetime
{
    private Installation? _installation;
    private ParleyProcess? _parley;
    private SkipException? _missing;

    /// <summary>Between two looks at a line that has been the same for <see cref="SettlesAfter"/>, at most.</summary>
    public static TimeSpan LongestLook { get; } = TimeSpan.FromSeconds(2);

    public static TimeSpan SettlesAfter { get; } = 2 * LongestLook;

    public ParleyProcess Parley => _missing is null ? _parley ?? throw new InvalidOperationException("It is not started.") : throw _missing;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _installation = await Installation.New();
        }
        catch (SkipException missing)
        {
            // Only a test can be skipped: what is missing is told whoever asks.
            _missing = missing;
            return;
        }

        _parley = await _installation.Start(
            "--Parley:Keeper:FirstLook", "00:00:00.5",
            "--Parley:Keeper:ShortestLook", "00:00:01",
            "--Parley:Keeper:LongestLook", LongestLook.ToString("c"),
            "--Parley:Keeper:Patience", "00:00:04",
            "--Parley:Keeper:StuckAfter", "00:00:02",
            "--Parley:Keeper:SilentFor", "00:00:03",
            "--Parley:Intake:MissingAfter", "00:00:01",
            "--Parley:Sweep:Every", "00:00:01");
    }

    public async ValueTask DisposeAsync()
    {
        if (_installation is not null)
        {
            await _installation.DisposeAsync();
        }
    }
}
