namespace Parley.Ingest.Buffering;

/// <summary>Tells whether webhooks wait in the buffer: what they say is not known yet.</summary>
public interface IWebhookBacklog
{
    /// <summary>Whether everything that was received up to a time is taken in. It may say no of what is (it looks every second or so), never yes of
    /// what is not; where the buffer does not answer it says no.</summary>
    Task<bool> IsDone(DateTimeOffset upTo, CancellationToken cancellationToken);
}

/// <summary>Webhooks are taken in before they are answered: nothing waits.</summary>
internal sealed class NoBacklog : IWebhookBacklog
{
    private static readonly Task<bool> Done = Task.FromResult(true);

    public Task<bool> IsDone(DateTimeOffset upTo, CancellationToken cancellationToken) => Done;
}
