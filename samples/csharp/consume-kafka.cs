#:package Confluent.Kafka@2.16.0

// Consumes the events of all tenants' conversations from Kafka, in order per conversation, and drops repeats.
using System.Text;
using Confluent.Kafka;

var most = long.Parse(Environment.GetEnvironmentVariable("MOST") ?? $"{long.MaxValue}");
var config = new ConsumerConfig
{
    BootstrapServers = Environment.GetEnvironmentVariable("KAFKA") ?? "127.0.0.1:9092",
    GroupId = Environment.GetEnvironmentVariable("GROUP") ?? "parley-sample",
    AutoOffsetReset = AutoOffsetReset.Earliest,

    // The offset is stored by this program, after the work: an event may come twice and never not at all.
    EnableAutoOffsetStore = false,
};
using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
consumer.Subscribe(Environment.GetEnvironmentVariable("TOPIC") ?? "parley.conversations");

// The last position of each conversation. A real program keeps it with what it did for the event, so that both survive together.
var positions = new Dictionary<string, long>();
var seen = 0L;
while (seen < most)
{
    var record = consumer.Consume();
    string Header(string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    var position = long.Parse(Header("ce_position"));
    if (position > positions.GetValueOrDefault(record.Message.Key))
    {
        positions[record.Message.Key] = position;
        Console.WriteLine($"{position} {Header("ce_type")} {Header("ce_subject")}");
        seen++;
    }

    consumer.StoreOffset(record);
}

consumer.Close();
