using System.Diagnostics;
using System.Globalization;
using Parley.TestServers;

namespace Parley.Samples.Tests;

public sealed class KafkaSampleTests
{
    private const int Most = 4;
    private const string Contact = "5511987650009";

    public static TheoryData<string> Languages => Sample.Languages;

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task a_conversation_s_events_are_consumed_in_their_order(string language)
    {
        var brokers = await KafkaServer.Required();
        var prefix = KafkaServer.FreshPrefix();
        await using var parley = await ParleyProcess.Start(
            null, "--ConnectionStrings:Kafka", brokers, "--Parley:Kafka:TopicPrefix", prefix, "--Parley:Kafka:Partitions", "2");
        var tenant = await parley.NewTenant();
        using var client = tenant.Client;
        for (var i = 0; i < Most; i++)
        {
            await tenant.Accept(Webhook.Text(Contact, $"hello {i}"));
        }

        if (language == "javascript")
        {
            await InstallLibraries();
        }

        await using var sample = Sample.Start(
            language,
            "consume-kafka",
            ("KAFKA", brokers),
            ("TOPIC", $"{prefix}conversations"),
            ("GROUP", prefix),
            ("MOST", Most.ToString(CultureInfo.InvariantCulture)));
        var lines = await sample.Ends();

        var answer = await client.Get("/events?after=0&limit=200", ("Accept", "application/json"));
        var events = answer.Json["data"]!.AsArray()
            .Where(static e => !e!["type"]!.GetValue<string>().StartsWith("session.", StringComparison.Ordinal))
            .Select(static e => $"{e!["position"]} {e["type"]} {e["subject"]}");
        Assert.Equal(events.Take(Most), lines);
    }

    /// <summary>Once; where there is no registry to get them from, the test is skipped.</summary>
    private static async Task InstallLibraries()
    {
        var directory = Path.Combine(Repository.Path, "samples", "javascript");
        if (Directory.Exists(Path.Combine(directory, "node_modules", "kafkajs")))
        {
            return;
        }

        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            await npm.WaitForExitAsync();
            await Task.WhenAll(output, errors);
            Assert.SkipWhen(npm.ExitCode != 0, $"npm did not install the sample's library: {await errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no npm here to install the sample's library.");
        }
    }
}
