namespace Parley.Streaming.Kafka.Tests;

/// <summary>Is woken by the streams of the tests alone.</summary>
[Alias("parley.tests.IRecordingGrain")]
public interface IRecordingGrain : IGrainWithStringKey;
