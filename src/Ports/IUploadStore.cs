namespace Parley.Ports;

/// <summary>Media that was uploaded to be sent. Its bytes are in the media store.</summary>
public interface IUploadStore
{
    Task AddUpload(string tenantId, Upload upload, CancellationToken cancellationToken);

    /// <returns>Null when there is none, or it has expired by <paramref name="now"/>.</returns>
    Task<Upload?> FindUpload(string tenantId, string mediaId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <returns>How many were dropped because they had expired by <paramref name="now"/>.</returns>
    Task<int> ExpireUploads(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="MimeType">Null when whoever uploaded it did not say.</param>
/// <param name="Size">Bytes.</param>
public sealed record Upload(
    string MediaId, string Sha256, string? MimeType, string? FileName, long Size, DateTimeOffset ExpiresAt);
