using System.Globalization;
using System.Text;
using Parley.TestServers;
using Parley.Truth;

namespace Parley.Crash.Tests;

/// <summary>One process on SQLite.</summary>
internal sealed class SingleProcess : IInstallation, IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _url = $"http://127.0.0.1:{FreePorts.Next().ToString(CultureInfo.InvariantCulture)}";
    private readonly StringBuilder _ended = new();

    public ParleyProcess Api { get; private set; } = null!;

    public bool EditsWaited => Output.Contains("waits in memory", StringComparison.Ordinal);

    public string Output => $"{_ended}\n{Api.Output}";

    public static async Task<SingleProcess> Start()
    {
        var single = new SingleProcess();
        single.Api = await single.Begin();
        return single;
    }

    public async Task<string> Strike(Random random)
    {
        switch (random.Next(4))
        {
            case < 2:
                await Api.Kill();
                await Task.Delay(random.Next(0, 1_500));
                await Renew();
                return "killed";
            case 2:
                Api.Freeze();
                await Task.Delay(random.Next(500, 5_000));
                Api.Thaw();
                return "frozen";
            default:
                Assert.Equal(0, await Api.Stop());
                await Renew();
                return "stopped";
        }
    }

    public async Task Mend()
    {
        if (Api.HasExited)
        {
            await Renew();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        _directory.Dispose();
    }

    private async Task Renew()
    {
        _ended.AppendLine(Api.Output);
        await Api.DisposeAsync();
        Api = await Begin();
    }

    private Task<ParleyProcess> Begin() => ParleyProcess.Start(
        _directory.Path,
        "--urls", _url,
        "--Parley:SendTimeout", "00:00:02",
        "--Parley:Sends:LeavesWithin", "00:00:01",
        "--Parley:Sends:Grace", "00:00:01");
}
