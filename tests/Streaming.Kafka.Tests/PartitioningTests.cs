using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Tests;

public sealed class PartitioningTests
{
    /// <summary>What lies in Kafka was put there by other versions: these never change.</summary>
    [Theory]
    [InlineData("acme/shop-1", 16, 5)]
    [InlineData("~g1/shop-1", 16, 0)]
    [InlineData("", 8, 2)]
    public void a_key_has_its_partition_for_ever(string key, int partitions, int partition) => Assert.Equal(partition, Partitioning.Of(key, partitions));

    [Fact]
    public void a_stream_is_looked_for_where_its_records_are_put()
    {
        var mapper = new KafkaQueueMapper("p", 16);
        for (var n = 0; n < 100; n++)
        {
            Assert.Equal((uint)Partitioning.Of($"k{n}", 16), mapper.GetQueueForStream(StreamId.Create("any", $"k{n}")).GetNumericId());
        }

        Assert.Equal(16, mapper.GetAllQueues().Distinct().Count());
    }
}
