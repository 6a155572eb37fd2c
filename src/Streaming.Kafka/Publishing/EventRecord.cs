using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>An event as a record: the binary mode of the CloudEvents Kafka binding 1.0.</summary>
internal static class EventRecord
{
    private const string OfMessages = "message.";
    private const string OfConversations = "conversation.";

    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>Room that is left in a record for its key and its headers, bytes.</summary>
    private const int Envelope = 4 * 1024;

    /// <returns>The topic and the record. Events of a conversation and of its messages are in one topic, so that their order holds over both.</returns>
    public static (string Topic, Message<byte[], byte[]> Record) Of(RenderedEvent e, KafkaOptions options)
    {
        var headers = new Headers
        {
            { "ce_specversion", SpecVersion },
            { "ce_id", Encoding.UTF8.GetBytes(e.Id) },
            { "ce_source", Encoding.UTF8.GetBytes(e.Source) },
            { "ce_type", Encoding.UTF8.GetBytes(e.Type) },
            { "ce_subject", Encoding.UTF8.GetBytes(e.Subject) },
            { "ce_time", Encoding.UTF8.GetBytes(EventBody.Time(e.Time)) },
            { "ce_tenantid", Encoding.UTF8.GetBytes(e.TenantId) },
            { "ce_sequence", Encoding.UTF8.GetBytes(e.Sequence) },
            { "ce_position", Encoding.UTF8.GetBytes(e.Logged.Position.ToString(CultureInfo.InvariantCulture)) },
            { "content-type", Json },
        };
        var data = e.Data.ToArray();
        if (data.Length > options.MostRecordBytes - Envelope)
        {
            // A record that the brokers refuse would hold up all events behind it: this one tells where its content is instead.
            data = Nothing;
            if (e.Logged.Facts.MessageId is { } message)
            {
                headers.Add("ce_dataref", Encoding.UTF8.GetBytes($"/messages/{message:D}"));
            }
        }

        return (
            IsOfConversation(e.Logged) ? options.Conversations : options.Sessions,
            new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes($"{e.TenantId}/{e.Logged.Subject}"), Value = data, Headers = headers });
    }

    /// <remarks>Where the type cannot be read the subject tells: every id of a conversation has a colon.</remarks>
    private static bool IsOfConversation(LoggedEvent e) => e.Facts.KnownType is { } type
        ? type.StartsWith(OfMessages, StringComparison.Ordinal) || type.StartsWith(OfConversations, StringComparison.Ordinal)
        : e.Subject.Contains(':', StringComparison.Ordinal);
}
