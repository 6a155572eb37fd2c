namespace Parley.Streaming.Kafka.Streams;

/// <summary>Is told by consumers, wherever they run, which records of a queue are done.</summary>
[Alias("parley.IDoneObserver")]
public interface IDoneObserver : IGrainObserver
{
    /// <summary>The record need not be delivered again.</summary>
    [Alias("Done")]
    Task Done(long offset);
}
