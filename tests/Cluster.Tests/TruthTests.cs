using Parley.Truth;

namespace Parley.Cluster.Tests;

/// <summary>Everything goes wrong at once; what WhatsApp has and what Parley has is the same in the end.</summary>
public sealed class TruthTests
{
    [Fact]
    public async Task what_whatsapp_has_is_what_parley_has_after_everything_went_wrong()
    {
        foreach (var seed in TruthSettings.Seeds())
        {
            await using var cluster = await TestCluster.New();
            var nodes = await ThreeNodes.Start(cluster);
            await TruthRun.Run(nodes, seed, TruthSettings.Blows(inShortForm: 3));
        }
    }
}
