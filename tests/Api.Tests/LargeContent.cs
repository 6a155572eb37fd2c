using System.Net;

namespace Parley.Api.Tests;

/// <summary>A body of spaces of any length.</summary>
internal sealed class LargeContent(long length) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var block = new byte[64 * 1024];
        Array.Fill(block, (byte)' ');
        for (var left = length; left > 0; left -= block.Length)
        {
            await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)));
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
