using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Parley.Api.Tests;

/// <summary>The demo: a tenant with live traffic, and nothing left of it.</summary>
public sealed partial class DemoTests
{
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_demo_shows_live_traffic_within_a_minute_and_leaves_nothing_behind()
    {
        await using var parley = ParleyProcess.Launch("demo");
        await parley.Ready(BuildPatience);

        // From here on: how long the simulator is built before is the machine's affair.
        var watch = Stopwatch.StartNew();
        await Until(watch, () => Task.FromResult(parley.Output.Contains("What Parley keeps", StringComparison.Ordinal)), parley);
        using var client = parley.With(Told(parley, "API key"));
        await Until(watch, async () => (await client.Get("/conversations")).Expect(200).Data.Any(HasBothDirections), parley);
        await Until(watch, async () => await HasDelivered(client), parley);

        var lines = CurlLine().Matches(parley.Output);
        Assert.True(lines.Count >= 3);
        Assert.All(lines, line => Assert.NotNull(JsonNode.Parse(Run(line.Value.Trim()))));
        Assert.Single((await client.Get("/messages?direction=out")).Expect(200).Data, static m => m!["text"]?.GetValue<string>() == "Hello from curl");

        using var admin = parley.Admin();
        var gateway = new Uri((await admin.Get("/admin/gateways/demo")).Expect(200).Text("url"));
        var directory = Told(parley, "Data");
        Assert.True(Directory.Exists(directory));
        Assert.Equal(0, await parley.Stop());
        Assert.False(Directory.Exists(directory));
        using var nobody = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => nobody.GetAsync(gateway, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("The demo", parley.Output, StringComparison.Ordinal);
    }

    private static bool HasBothDirections(JsonNode? conversation) =>
        conversation!["inboundCount"]!.GetValue<int>() > 0 && conversation["outboundCount"]!.GetValue<int>() > 0;

    private static async Task<bool> HasDelivered(ParleyClient client) =>
        (await client.Get("/messages?direction=out")).Expect(200).Data.Any(static m => m!["status"]!.GetValue<string>() is "delivered" or "read");

    private static string Told(ParleyProcess parley, string what) =>
        parley.Output.Split('\n').Last(line => line.Trim().StartsWith(what, StringComparison.Ordinal)).Trim()[what.Length..].Trim();

    private static async Task Until(Stopwatch watch, Func<Task<bool>> condition, ParleyProcess parley)
    {
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Minute && !parley.HasExited, parley.Output);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static string Run(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, command);
        return output;
    }

    [GeneratedRegex(@"^ +curl .*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CurlLine();
}
