using System.Text;
using Parley.Gateways.Evolution.Bodies;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>The bytes of a message's media out of an answer (gateway notes, 5).</summary>
internal static class MediaAnswers
{
    /// <summary>Large media was stored while it streamed by; small media is still in the answer.</summary>
    /// <exception cref="GatewayException">The answer has no media.</exception>
    public static async Task<FetchedMedia> Of(
        RestCall call, RestAnswer answer, Func<CancellationToken, Task<IMediaWriter>> create, CancellationToken cancellationToken)
    {
        var root = answer.Json;
        var data = root.Get("base64"u8).Words() ?? throw Faults.Unreadable(call, "the answer has no media");
        var stored = MediaMark.Read(data) ?? await Store(data, create, cancellationToken)
            ?? throw Faults.Unreadable(call, "the answer's media is not base64");
        return new(stored, root.Get("mimetype"u8).Words(), root.Get("fileName"u8).Words());
    }

    /// <summary>An answer that was not large enough to be stored while it streamed by fits into the decoder as a whole.</summary>
    private static async Task<StoredMedia?> Store(
        string data, Func<CancellationToken, Task<IMediaWriter>> create, CancellationToken cancellationToken)
    {
        using var decoder = new Base64Decoder();
        if (!decoder.Decode(Encoding.UTF8.GetBytes(data)) || !decoder.Finish())
        {
            return null;
        }

        await using var writer = await create(cancellationToken);
        await writer.Write(decoder.Decoded, cancellationToken);
        return await writer.Complete(cancellationToken);
    }
}
