namespace Parley.Bench.Load;

/// <summary>Resident memory some minutes after many conversations were touched once.</summary>
internal static class Memory
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        await using (var server = await ServerProcess.Start(data))
        {
            var (path, _) = await server.CreateTenant("bench");
            await Task.Delay(TimeSpan.FromSeconds(5));
            var start = server.ResidentMemory;
            Console.WriteLine($"at start {start:N0} MB");
            var next = -1;
            var connections = Math.Min(options.Connections, 64);
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
            {
                using var connection = await RawConnection.Open(server.EndPoint);
                for (int person; (person = Interlocked.Increment(ref next)) < options.Conversations;)
                {
                    var request = Webhooks.Request(server.Host, path, $"3EB0{person:X18}", person, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
                    if (await connection.Send(request) != 200)
                    {
                        throw new InvalidOperationException("A webhook was not accepted.");
                    }
                }
            })));
            Console.WriteLine($"{options.Conversations:N0} conversations touched: {server.ResidentMemory:N0} MB");
            for (var minute = 1; minute <= Rest.TotalMinutes; minute++)
            {
                await Task.Delay(TimeSpan.FromMinutes(1));
                Console.WriteLine($"after {minute} min: {server.ResidentMemory:N0} MB, {server.ResidentMemory - start:N0} MB above start");
            }
        }

        Directory.Delete(data, recursive: true);
    }
}
