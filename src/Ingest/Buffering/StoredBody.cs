using Parley.Ports;

namespace Parley.Ingest.Buffering;

/// <summary>Bodies in the media store.</summary>
internal static class StoredBody
{
    /// <summary>Stores the body that a webhook has with it.</summary>
    public static async Task<StoredMedia> Store(this IMediaStore media, BufferedWebhook webhook, CancellationToken cancellationToken)
    {
        await using var file = await media.Create(webhook.Space, cancellationToken);
        await file.Write(webhook.Body, cancellationToken);
        return await file.Complete(cancellationToken);
    }
}
