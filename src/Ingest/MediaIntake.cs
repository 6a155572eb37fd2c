using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Puts the media bytes that a message brings into the media store, before the commit that names them.</summary>
internal sealed class MediaIntake(IMediaStore store, IWebhookReader reader)
{
    /// <param name="space">In whose name <see cref="IWebhookReader.ReadBody"/> stored the media; null = nobody's.</param>
    /// <returns>The message's content, with its media stored if it brought any.</returns>
    public async Task<MessageContent> Store(string tenantId, string? space, MessageObserved message, CancellationToken cancellationToken)
    {
        if (message.MediaData is not { } data || message.Content.Media is not { } media)
        {
            return message.Content;
        }

        var stored = reader.MediaOf(data) is { } marked
            ? await Own(tenantId, space, marked, cancellationToken)
            : await Decode(tenantId, data, cancellationToken);
        return stored is null
            ? message.Content
            : message.Content with
            {
                Media = media with { Status = MediaStatus.Stored, Sha256 = stored.Sha256, Size = stored.Size },
            };
    }

    /// <summary>What was stored before its tenant was known becomes the tenant's.</summary>
    private async Task<StoredMedia?> Own(string tenantId, string? space, StoredMedia marked, CancellationToken cancellationToken)
    {
        if (space is null || space == tenantId)
        {
            return marked;
        }

        await using var bytes = await store.Open(space, marked.Sha256, cancellationToken);
        if (bytes is null)
        {
            return null;
        }

        await using var writer = await store.Create(tenantId, cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await bytes.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            await writer.Write(buffer.AsMemory(0, read), cancellationToken);
        }

        return await writer.Complete(cancellationToken);
    }

    private async Task<StoredMedia?> Decode(string tenantId, string data, CancellationToken cancellationToken)
    {
        var text = TextOf(data);
        if (Base64.DecodeFromUtf8InPlace(text, out var length) != OperationStatus.Done || length == 0)
        {
            return null;
        }

        await using var writer = await store.Create(tenantId, cancellationToken);
        await writer.Write(text.AsMemory(0, length), cancellationToken);
        return await writer.Complete(cancellationToken);
    }

    /// <summary>As the media of a large body are read: with a prefix or not, in either alphabet, with or without padding.</summary>
    private static byte[] TextOf(string data)
    {
        var comma = data.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? data.IndexOf(',', StringComparison.Ordinal) : -1;
        var text = data[(comma + 1)..].Replace('-', '+').Replace('_', '/');
        var rest = text.Count(static c => !char.IsWhiteSpace(c)) % 4;
        return Encoding.UTF8.GetBytes(rest < 2 ? text : text + new string('=', 4 - rest));
    }
}
