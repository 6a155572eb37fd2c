using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Parley.Bench.Load;

/// <summary>What it costs to append to a very long conversation, beside an empty one.</summary>
internal static class Append
{
    private const int Long = 1_000_000;
    private const int PerWebhook = 500;
    private const int Samples = 2_000;

    public static async Task Run(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("parley-load-").FullName;
        await using (var server = await ServerProcess.Start(data))
        {
            var (path, key) = await server.CreateTenant("bench");
            using var connection = await RawConnection.Open(server.EndPoint);
            var began = Stopwatch.GetTimestamp();
            for (var first = 0; first < Long; first += PerWebhook)
            {
                if (await connection.Send(Batch(server.Host, path, first)) != 200)
                {
                    throw new InvalidOperationException("A batch was not accepted.");
                }
            }

            var id = (string)(await server.Get("/conversations?limit=1", key))["data"]![0]!["conversationId"]!;
            var kept = (await server.Get($"/conversations/{Uri.EscapeDataString(id)}", key))["messageCount"];
            Console.WriteLine($"one conversation of {kept} messages, filled in {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
            for (var round = 1; round <= options.Rounds; round++)
            {
                var (longOne, emptyOne) = (new List<double>(), new List<double>());
                for (var i = 0; i < Samples; i++)
                {
                    longOne.Add(await Time(connection, Webhooks.Request(server.Host, path, $"3EB1{round:X2}{i:X16}", 0, Now())));
                    emptyOne.Add(await Time(connection, Webhooks.Request(server.Host, path, $"3EB2{round:X2}{i:X16}", round, Now())));
                }

                Console.WriteLine($"round {round}: a webhook takes {Median.Of(longOne):N3} ms in the long one, {Median.Of(emptyOne):N3} ms in an empty one: {Median.Of(longOne) / Median.Of(emptyOne):N2}");
            }
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<double> Time(RawConnection connection, byte[] request)
    {
        var began = Stopwatch.GetTimestamp();
        await connection.Send(request);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static byte[] Batch(string host, string path, int first)
    {
        var messages = Enumerable.Range(first, PerWebhook).Select(number => (JsonNode)new JsonObject
        {
            ["key"] = new JsonObject
            {
                ["remoteJid"] = $"{Webhooks.Person(0)}@s.whatsapp.net",
                ["remoteJidAlt"] = "100000000000000@lid",
                ["fromMe"] = false,
                ["id"] = $"3EB0{number:X18}",
            },
            ["message"] = new JsonObject { ["conversation"] = "A message of common length: shall we meet at eight, or is nine better for you?" },
            ["messageTimestamp"] = Now(),
        });
        var body = new JsonObject
        {
            ["event"] = "messages.upsert",
            ["instance"] = "bench",
            ["data"] = new JsonArray([.. messages]),
            ["sender"] = $"{Webhooks.Line}@s.whatsapp.net",
        };
        return Webhooks.Post(host, path, body.ToJsonString());
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
