using System.Diagnostics;

namespace Parley.Bench.Load;

/// <summary>From the start of the process to the first answered webhook.</summary>
internal static class StartUp
{
    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        string path;
        await using (var server = await ServerProcess.Start(data))
        {
            (path, _) = await server.CreateTenant("bench");
        }

        var times = new List<double>();
        for (var round = 0; round < Math.Max(options.Rounds, 5); round++)
        {
            var began = Stopwatch.GetTimestamp();
            await using var server = await ServerProcess.Start(data);
            using var connection = await RawConnection.Open(server.EndPoint);
            await connection.Send(Webhooks.Request(server.Host, path, $"3EB0{round:X18}", round, DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Console.WriteLine($"start to first answered webhook: {times[^1]:N2} s");
        }

        Console.WriteLine($"median {Median.Of(times):N2} s");
        Directory.Delete(data, recursive: true);
    }
}
