using Parley.Ports;

namespace Parley.Simulator.Workload;

/// <summary>A gateway's reader whose bodies are places in a scenario.</summary>
internal sealed class ScriptedReader(Scenario scenario) : IWebhookReader
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
        return scenario.Tellings.First(t => t.Webhook.Number == number).Reading;
    }

    public StoredMedia? MediaOf(string mediaData) => null;
}
