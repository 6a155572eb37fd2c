namespace Parley.Ingest.Buffering;

/// <summary>Keeps webhooks durably until they are taken in, whether the store is there or not.</summary>
public interface IWebhookBuffer
{
    /// <summary>The largest body that it is given, bytes.</summary>
    int MostBodyBytes { get; }

    /// <summary>Returns when it is durable. What failed may be kept all the same: it is put again, and taken in once.</summary>
    /// <exception cref="BufferUnavailableException">It could not be kept now.</exception>
    /// <exception cref="BufferBodyTooLargeException">It will never be kept: its body is larger than the buffer takes.</exception>
    Task Put(BufferedWebhook webhook, CancellationToken cancellationToken);

    /// <summary>Whether it answers, as far as can be told without putting anything.</summary>
    Task<bool> IsThere(CancellationToken cancellationToken);
}

/// <summary>The buffer did not take it now, or did not say so.</summary>
public sealed class BufferUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The buffer takes no body of this size.</summary>
public sealed class BufferBodyTooLargeException(Exception? inner = null) : Exception("The body is too large for the buffer.", inner);
