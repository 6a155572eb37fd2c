using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Buffering;

/// <summary>How a webhook lies in Kafka: the body as the value, all else in headers.</summary>
internal static class WebhookRecord
{
    private const string Tenant = "parley-tenant";
    private const string Session = "parley-session";
    private const string Gateway = "parley-gateway";
    private const string Instance = "parley-instance";
    private const string ReceivedAt = "parley-received-at";
    private const string Body = "parley-body";

    public static Message<byte[], byte[]> Write(BufferedWebhook webhook)
    {
        var headers = new Headers();
        Add(Tenant, webhook.Owner.TenantId);
        Add(Session, webhook.Owner.SessionId);
        Add(Gateway, webhook.Owner.GatewayId);
        Add(Instance, webhook.Instance);
        Add(ReceivedAt, webhook.ReceivedAt.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Add(Body, webhook.BodySha256);
        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(webhook.Key),
            Value = webhook.Body.ToArray(),
            Headers = headers,
            Timestamp = new Timestamp(webhook.ReceivedAt),
        };

        void Add(string name, string? text)
        {
            if (text is not null)
            {
                headers.Add(name, Encoding.UTF8.GetBytes(text));
            }
        }
    }

    public static BufferedWebhook Read(KafkaRecord record)
    {
        return new BufferedWebhook(
            new WebhookOwner(Text(Tenant), Text(Session), Text(Gateway)),
            Text(Instance) ?? "",
            new DateTimeOffset(long.Parse(Text(ReceivedAt)!, NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero),
            record.Value)
        {
            BodySha256 = Text(Body),
        };

        string? Text(string name) => record.Headers.TryGetValue(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
