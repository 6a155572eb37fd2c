using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Parley.Ports;

namespace Parley.Ingest.Outbound;

/// <summary>Brings media that is to be sent into the media store: from a URL, from base64, from an upload.</summary>
public sealed class MediaSource(IMediaStore store, NetworkGuard guard, TimeProvider time) : IDisposable
{
    /// <summary>Largest media that is taken, bytes: WhatsApp takes documents of 100 MB.</summary>
    public const long MostBytes = 100L << 20;

    private const int BufferSize = 81_920;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            // A redirect could lead where the first address may not.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, cancellationToken) => guard.Connect(context.DnsEndPoint, namedOnly: false, cancellationToken),
        })
    {
        // It would end with the headers.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => _http.Dispose();

    /// <exception cref="MediaSourceException">The address is refused, does not answer with media within 30 s, or has too much of it.</exception>
    public async Task<SourcedMedia> Download(string tenantId, Uri url, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ending.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new MediaSourceException(MediaSourceFault.Unreachable, $"The media's address answered {(int)response.StatusCode}.");
            }

            if (response.Content.Headers.ContentLength > MostBytes)
            {
                throw TooLarge();
            }

            await using var body = await response.Content.ReadAsStreamAsync(ending.Token);
            var stored = await Store(tenantId, body, ending.Token);
            return new SourcedMedia(
                stored,
                response.Content.Headers.ContentType?.MediaType,
                response.Content.Headers.ContentDisposition?.FileNameStar ?? response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        }
        catch (HttpRequestException e) when (e.InnerException is NetworkRefusedException refused)
        {
            throw new MediaSourceException(MediaSourceFault.Refused, refused.Message);
        }
        catch (NetworkRefusedException e)
        {
            throw new MediaSourceException(MediaSourceFault.Refused, e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new MediaSourceException(MediaSourceFault.Unreachable, "The media's address could not be read.");
        }
    }

    /// <summary>Stores bytes from a stream.</summary>
    /// <exception cref="MediaSourceException">There are too many.</exception>
    public async Task<StoredMedia> Store(string tenantId, Stream bytes, CancellationToken cancellationToken)
    {
        await using var writer = await store.Create(tenantId, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long size = 0;
            int read;
            while ((read = await bytes.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > MostBytes)
                {
                    throw TooLarge();
                }

                await writer.Write(buffer.AsMemory(0, read), cancellationToken);
            }

            return size > 0
                ? await writer.Complete(cancellationToken)
                : throw new MediaSourceException(MediaSourceFault.Empty, "The media has no bytes.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Stores bytes given as base64.</summary>
    /// <exception cref="MediaSourceException">It is none.</exception>
    public async Task<StoredMedia> Decode(string tenantId, string base64, CancellationToken cancellationToken)
    {
        var comma = base64.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? base64.IndexOf(',', StringComparison.Ordinal) : -1;
        var bytes = Encoding.UTF8.GetBytes(base64[(comma + 1)..]);
        if (Base64.DecodeFromUtf8InPlace(bytes, out var length) != OperationStatus.Done || length == 0)
        {
            throw new MediaSourceException(MediaSourceFault.Empty, "The media is not base64.");
        }

        using var stream = new MemoryStream(bytes, 0, length, writable: false);
        return await Store(tenantId, stream, cancellationToken);
    }

    private static MediaSourceException TooLarge() => new(MediaSourceFault.TooLarge, $"The media is larger than {MostBytes} bytes.");
}

/// <param name="MimeType">As its source says.</param>
public sealed record SourcedMedia(StoredMedia Stored, string? MimeType, string? FileName);

/// <summary>Media that is to be sent could not be had.</summary>
public sealed class MediaSourceException(MediaSourceFault fault, string message) : Exception(message)
{
    public MediaSourceFault Fault => fault;
}

/// <summary>Why media could not be had.</summary>
public enum MediaSourceFault
{
    /// <summary>Its address is in a network that is not allowed.</summary>
    Refused,

    /// <summary>Its address does not answer with it.</summary>
    Unreachable,

    TooLarge,

    /// <summary>There are no bytes, or they are not readable.</summary>
    Empty,
}
