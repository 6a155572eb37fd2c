using Parley.Ports;

namespace Parley.Simulator.Workload;

/// <summary>A gateway's reader whose bodies are places among all that is told.</summary>
/// <param name="told">Grows while messages are sent: their echoes are told, too.</param>
internal sealed class ScriptedReader(IReadOnlyList<Telling> told) : IWebhookReader
{
    public static byte[] BodyOf(Telling telling) => BitConverter.GetBytes(telling.Webhook.Number - 1);

    public async ValueTask<ReadOnlyMemory<byte>> ReadBody(
        Stream body, long limit, Func<CancellationToken, Task<IMediaWriter>> media, CancellationToken cancellationToken)
    {
        var bytes = new byte[sizeof(int)];
        await body.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public WebhookReading Read(ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        var number = BitConverter.ToInt32(body.Span) + 1;
        return told[number - 1].Reading;
    }

    public StoredMedia? MediaOf(string mediaData) => null;
}
