using Testcontainers.Kafka;

namespace Parley.TestServers;

/// <summary>The Kafka of the tests: the one that <c>PARLEY_TEST_KAFKA</c> names, else one in a container where a Docker engine answers.
/// The only place where a test is skipped for want of one.</summary>
/// <remarks>With the variable set nothing is skipped: a broker that does not answer fails the tests.</remarks>
public static class KafkaServer
{
    /// <summary>The brokers, <c>host:port</c> with commas between them.</summary>
    public const string Variable = "PARLEY_TEST_KAFKA";

    private const string Image = "apache/kafka:4.1.1";

    private static readonly Lazy<Task<(string? Servers, string Reason)>> Found = new(Find);

    /// <summary>Tells the brokers, or skips the test and says why.</summary>
    public static async Task<string> Required()
    {
        var (servers, reason) = await Found.Value;
        if (servers is null)
        {
            Assert.Skip(reason);
        }

        return servers;
    }

    /// <summary>What the topics of one test begin with, so that nobody else has them.</summary>
    public static string FreshPrefix() => $"test-{Guid.NewGuid():N}.";

    private static async Task<(string? Servers, string Reason)> Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } servers)
        {
            return (servers, "");
        }

        try
        {
            // Testcontainers takes it away when this process ends.
            var container = new KafkaBuilder(Image).Build();
            await container.StartAsync();
            return (container.GetBootstrapAddress(), "");
        }
#pragma warning disable CA1031 // Whatever keeps Docker from answering: there is no broker.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, $"No Kafka: {Variable} is not set, and no Docker engine started one ({exception.Message}).");
        }
    }
}
