namespace Parley.Streaming.Kafka.Buffering;

/// <summary>Takes in the webhooks that wait in Kafka under one key, one after another. Key: the record's key. Woken by the stream alone.</summary>
[Alias("parley.IBufferedWebhookGrain")]
public interface IBufferedWebhookGrain : IGrainWithStringKey;
