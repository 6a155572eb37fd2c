using System.Diagnostics;
using HdrHistogram;

namespace Parley.Bench.Load;

/// <summary>
/// What webhooks out cost and how soon they tell: webhooks in a second at full and at half load, without and with an endpoint that gets
/// every event, in turns; the delay from an event's time to its post; how far behind the endpoint is when the load ends, and how soon it
/// has everything; and how fast one catches up that did not answer while there was load.
/// </summary>
internal static class Hooks
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>Less than Parley waits for an answer: nothing is to fail here.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(1);

    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        var (alone, hooked, halfAlone, halfHooked) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (behind, drains, catchUps) = (new List<double>(), new List<double>(), new List<double>());
        var (full, half) = (Delays.New(), Delays.New());
        await using (var server = await ServerProcess.Start(data, "--Parley:AllowedPrivateNetworks:0", "127.0.0.1/32"))
        using (var receiver = new HookReceiver())
        {
            var (path, key) = await server.CreateTenant("bench");
            var source = new WebhookSource(server.Host, path, options.Conversations, options.Connections);
            Task<LoadResult> Post(double perSecond, TimeSpan? time = null) =>
                Closed.Run(server.EndPoint, options.Connections, time ?? options.Time, source.Next, perSecond);

            async Task<(double PerSecond, double Behind, double Seconds)> PostHooked(
                int round, string name, double perSecond, LongHistogram delays, TimeSpan? held = null)
            {
                await Task.Delay(Settling);
                var endpoint = await server.CreateWebhookEndpoint(receiver.Url, key);
                receiver.Begin(delays);
                if (held is not null)
                {
                    receiver.Hold();
                }

                var result = Show(round, name, await Post(perSecond, held));
                var acknowledged = result.Answers.GetValueOrDefault(200);
                var (late, ended) = (Math.Max(0, acknowledged - receiver.Messages), Stopwatch.GetTimestamp());
                if (held is not null)
                {
                    receiver.Release();
                }

                while (receiver.Messages < acknowledged && Stopwatch.GetElapsedTime(ended) < LongestDrain)
                {
                    await Task.Delay(10);
                }

                var drain = Stopwatch.GetElapsedTime(ended).TotalSeconds;
                Console.WriteLine(
                    $"         {late:N0} of {acknowledged:N0} behind at the end of the load, "
                    + (receiver.Messages >= acknowledged ? $"all delivered {drain:N1} s later" : $"WRONG: {receiver.Messages:N0} delivered {drain:N0} s later"));
                await server.Delete(endpoint, key);
                return (result.PerSecond, late, drain);
            }

            // Everybody writes first: what is measured are conversations in use, not their beginnings.
            await Post(double.PositiveInfinity);
            for (var round = 1; round <= options.Rounds; round++)
            {
                alone.Add(Show(round, "full load", await Post(double.PositiveInfinity)).PerSecond);
                var all = await PostHooked(round, "with hooks", double.PositiveInfinity, full);
                hooked.Add(all.PerSecond);

                // Half of what this round could: what else runs on this machine changes.
                var rate = alone[^1] / 2;
                halfAlone.Add(Show(round, "half load", await Post(rate)).PerSecond);
                var some = await PostHooked(round, "with hooks", rate, half);
                halfHooked.Add(some.PerSecond);
                behind.Add(some.Behind);
                drains.Add(some.Seconds);
                var (_, missing, seconds) = await PostHooked(
                    round, "unanswered", double.PositiveInfinity, Delays.New(), options.Time < LongestHold ? options.Time : LongestHold);
                catchUps.Add(missing / seconds);
            }
        }

        Directory.Delete(data, recursive: true);
        Console.WriteLine(
            $"medians at full load: alone {Median.Of(alone):N0}/s, with webhooks out {Median.Of(hooked):N0}/s, ratio {Median.Of(hooked) / Median.Of(alone):N2}; "
            + $"an endpoint that answers again catches up with {Median.Of(catchUps):N0} posts/s");
        Console.WriteLine(
            $"medians at half load ({Median.Of(alone) / 2:N0}/s offered): alone {Median.Of(halfAlone):N0}/s, with webhooks out {Median.Of(halfHooked):N0}/s, "
            + $"ratio {Median.Of(halfHooked) / Median.Of(halfAlone):N2}; {Median.Of(behind):N0} behind at its end, all delivered {Median.Of(drains):N2} s later");
        Console.WriteLine($"commit to webhook at half load: {Delays.Describe(half)}");
        Console.WriteLine($"commit to webhook at full load: {Delays.Describe(full)}");
    }

    private static LoadResult Show(int round, string name, LoadResult result)
    {
        Console.WriteLine($"round {round}  {name,-12} {result}");
        return result;
    }
}
