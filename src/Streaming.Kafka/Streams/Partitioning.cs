using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Which partition a key belongs to: the same in every process and every version.</summary>
internal static class Partitioning
{
    public static int Of(string key, int partitions) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % (uint)partitions);
}
