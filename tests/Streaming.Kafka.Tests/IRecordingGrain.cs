namespace Parley.Streaming.Kafka.Tests;

/// <summary>Is woken by the streams of the tests alone.</summary>
public interface IRecordingGrain : IGrainWithStringKey;
