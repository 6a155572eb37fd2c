using Microsoft.Extensions.Logging.Abstractions;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

public sealed class TopicTests
{
    /// <summary>The library tells a client that cannot be made by other exceptions than trouble with a broker.</summary>
    [Fact]
    public async Task Whatever_fails_it_is_looked_for_again()
    {
        var client = new Dictionary<string, string>(StringComparer.Ordinal) { ["no.such.setting"] = "1" };
        var topic = new KafkaTopic(
            await KafkaServer.Required(), client, KafkaServer.FreshPrefix() + "topic", 1, 1, TimeProvider.System, NullLogger<KafkaTopic>.Instance);
        var ensured = topic.Ensure();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        client.Clear();
        await ensured.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
