using System.Buffers;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Bodies;

/// <summary>Reads a body: a small one as it is, of a large one the media is stored while it streams by.</summary>
internal static class BodyReader
{
    /// <summary>Up to here a body is read into memory as it is.</summary>
    private const int Small = 64 * 1024;

    public static async ValueTask<ReadOnlyMemory<byte>> Read(
        Stream body, long limit, Func<CancellationToken, Task<IMediaWriter>> media, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Small);
        try
        {
            var count = await Fill(body, buffer, cancellationToken);
            if (count > limit)
            {
                throw new BodyTooLargeException(limit);
            }

            if (count < Small)
            {
                return buffer.AsSpan(0, count).ToArray();
            }

            await using var scanner = new BodyScanner(media);
            long total = count;
            while (count > 0)
            {
                await scanner.Scan(buffer.AsMemory(0, count), cancellationToken);
                count = await Fill(body, buffer, cancellationToken);
                total += count;
                if (total > limit)
                {
                    throw new BodyTooLargeException(limit);
                }
            }

            return scanner.Written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> Fill(Stream body, byte[] buffer, CancellationToken cancellationToken) =>
        await body.ReadAtLeastAsync(buffer.AsMemory(0, Small), Small, throwOnEndOfStream: false, cancellationToken);
}
