using System.Globalization;
using System.Text;
using Parley.Truth;

namespace Parley.Cluster.Tests;

/// <summary>Two silos and a node for the API, on MongoDB.</summary>
internal sealed class ThreeNodes : IInstallation
{
    private static readonly string[] Roles = ["silo", "silo", "api"];

    private readonly TestCluster _cluster;
    private readonly string _url = $"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}";
    private readonly ParleyProcess[] _nodes = new ParleyProcess[Roles.Length];
    private readonly bool[] _stoodStill = new bool[Roles.Length];
    private readonly StringBuilder _ended = new();

    private ThreeNodes(TestCluster cluster) => _cluster = cluster;

    public ParleyProcess Api => _nodes[^1];

    public bool EditsWaited => Output.Contains("waits in memory", StringComparison.Ordinal);

    public string Output => $"{_ended}\n{string.Join('\n', _nodes.Select(static node => node.Output))}";

    public static async Task<ThreeNodes> Start(TestCluster cluster)
    {
        var nodes = new ThreeNodes(cluster);
        await Task.WhenAll(Enumerable.Range(0, Roles.Length).Select(async n => nodes._nodes[n] = await nodes.Begin(n)));
        return nodes;
    }

    public async Task<string> Strike(Random random)
    {
        var n = random.Next(Roles.Length);
        var what = $"{Roles[n]} {n.ToString(CultureInfo.InvariantCulture)}";
        switch (random.Next(4))
        {
            case < 2:
                await _nodes[n].Kill();
                await Task.Delay(random.Next(0, 3_000));
                await Renew(n);
                return $"{what} killed";
            case 2:
                _stoodStill[n] = true;
                _nodes[n].Freeze();
                await Task.Delay(random.Next(500, 12_000));
                _nodes[n].Thaw();
                return $"{what} frozen";
            default:
                // One that stood still may be ending itself already.
                var code = await _nodes[n].Stop();
                Assert.True(code == 0 || _stoodStill[n], $"{what} ended with {code.ToString(CultureInfo.InvariantCulture)}.");
                await Renew(n);
                return $"{what} stopped";
        }
    }

    /// <summary>A silo that stood still while others went on without it ends itself.</summary>
    public async Task Mend()
    {
        for (var n = 0; n < _nodes.Length; n++)
        {
            if (_nodes[n].HasExited)
            {
                await Renew(n);
            }
        }
    }

    private async Task Renew(int n)
    {
        _ended.AppendLine(_nodes[n].Output);
        _stoodStill[n] = false;
        _nodes[n] = await Begin(n);
    }

    // All nodes know where the API is: a silo tells gateways where to post.
    private async Task<ParleyProcess> Begin(int n)
    {
        var node = _cluster.Launch(
            Roles[n],
            [
                .. n == Roles.Length - 1 ? (string[])["--urls", _url] : [],
                "--Parley:PublicUrl", _url,
                "--Parley:SendTimeout", "00:00:03",
                "--Parley:Sends:LeavesWithin", "00:00:02",
                "--Parley:Sends:Grace", "00:00:02",
            ]);
        try
        {
            // Others may still be finding out that its predecessor is gone.
            await node.Ready(TimeSpan.FromMinutes(2));
            return node;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{Roles[n]} {n.ToString(CultureInfo.InvariantCulture)} did not start:\n{node.Output}", e);
        }
    }
}
