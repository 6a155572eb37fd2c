using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Bench.Load;

/// <summary>
/// Durable webhooks a second through HTTP and grains, beside two ceilings of the same run: a route of the same process that does
/// nothing, and the bare store committing the same rows without HTTP, grains or rules, into an empty file and into one that is as full.
/// </summary>
internal static partial class Throughput
{
    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        var (nothing, webhooks) = (new List<double>(), new List<double>());
        var (empty, full) = (new List<double>(), new List<double>());
        await using (var server = await ServerProcess.Start(data))
        {
            var (path, key) = await server.CreateTenant("bench");
            var source = new WebhookSource(server.Host, path, options.Conversations, options.Connections);
            var idle = Webhooks.Post(server.Host, Server.NothingPath, """{"event":"messages.upsert","instance":"bench"}""");
            var acknowledged = 0L;
            int Nothing(int connection, byte[] buffer)
            {
                idle.CopyTo(buffer, 0);
                return idle.Length;
            }

            async Task<LoadResult> Post(TimeSpan time)
            {
                var result = await Closed.Run(server.EndPoint, options.Connections, time, source.Next);
                acknowledged += result.Answers.GetValueOrDefault(200);
                return result;
            }

            async Task<(LoadResult Result, double MicrosEach)> Measure()
            {
                var before = server.ProcessorTime;
                var result = await Post(options.Time);
                return (result, (server.ProcessorTime - before).TotalMicroseconds / result.Micros.TotalCount);
            }

            await Closed.Run(server.EndPoint, options.Connections, options.Time / 3, Nothing);
            await WarmUp.Run(3L * options.Conversations, Measure, () => server.ProcessorTime);
            for (var round = 1; round <= options.Rounds; round++)
            {
                nothing.Add(Show(round, "do nothing", await Closed.Run(server.EndPoint, options.Connections, options.Time, Nothing)));
                var (result, cost) = await Measure();
                webhooks.Add(Show(round, "webhooks", result));
                Console.WriteLine($"         server CPU {cost:N0} µs a webhook");
                empty.Add(await BareStore(round, "empty store", options, filled: 0));
                full.Add(await BareStore(round, "full store", options, acknowledged));
            }

            await Verify(server, key, acknowledged);
        }

        Directory.Delete(data, recursive: true);
        Console.WriteLine($"medians: webhooks {Median.Of(webhooks):N0}/s");
        foreach (var (name, ceiling) in ((string, List<double>)[])[("do nothing", nothing), ("bare store, empty", empty), ("bare store, as full", full)])
        {
            // Round by round: the machine's speed changes from minute to minute.
            var shares = webhooks.Zip(ceiling, static (reached, most) => reached / most).ToList();
            Console.WriteLine($"  of {name,-20} {Median.Of(ceiling),9:N0}/s   {Median.Of(shares):N2}");
        }
    }

    /// <summary>Speed of a wrong system is worth nothing: every acknowledged webhook is there, once.</summary>
    private static async Task Verify(ServerProcess server, string key, long acknowledged)
    {
        var total = (long)(await server.Get("/messages?limit=1", key))["pagination"]!["total"]!;
        Console.WriteLine(total == acknowledged
            ? $"verified: {acknowledged:N0} acknowledged, {total:N0} kept"
            : $"WRONG: {acknowledged:N0} acknowledged, {total:N0} kept");
    }

    private static async Task<double> BareStore(int round, string name, LoadOptions options, long filled)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                // It lies beside this program and runs on what this one ships with.
                "exec",
                "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Parley.Bench.Load.runtimeconfig.json"),
                "--depsfile", Path.Combine(AppContext.BaseDirectory, "Parley.Bench.Load.deps.json"),
                Path.Combine(AppContext.BaseDirectory, "Parley.Bench.Store.dll"),
                "--callers", options.Connections.ToString(CultureInfo.InvariantCulture),
                "--conversations", options.Conversations.ToString(CultureInfo.InvariantCulture),
                "--seconds", ((int)options.Time.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                "--filled", filled.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var perSecond = double.Parse(CommitsPerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Console.WriteLine($"round {round}  {name,-12} {perSecond,9:N0}/s   {output.Trim()}");
        return perSecond;
    }

    private static double Show(int round, string name, LoadResult result)
    {
        Console.WriteLine($"round {round}  {name,-12} {result}");
        return result.PerSecond;
    }

    [GeneratedRegex(@"(\d+) commits/s")]
    private static partial Regex CommitsPerSecond();
}
