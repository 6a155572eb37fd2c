using Parley.Truth;

namespace Parley.Crash.Tests;

/// <summary>Everything goes wrong at once; what WhatsApp has and what Parley has is the same in the end.</summary>
public sealed class TruthTests
{
    [Fact]
    public async Task What_whatsapp_has_is_what_parley_has_after_everything_went_wrong()
    {
        foreach (var seed in TruthSettings.Seeds())
        {
            await using var process = await SingleProcess.Start();
            await TruthRun.Run(process, seed, TruthSettings.Blows(inShortForm: 4));
        }
    }
}
