using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Uploads: media that is to be sent, possibly more than once.</summary>
internal static class UploadEndpoints
{
    private const string Part = "file";
    private const int LongestName = 255;
    private const long Slack = 64 * 1024;

    // On WhatsApp these are recordings, never films.
    private static readonly FileExtensionContentTypeProvider Types = new() { Mappings = { [".ogg"] = "audio/ogg", [".opus"] = "audio/ogg" } };

    public static void MapUploads(this RouteGroupBuilder tenant) =>
        tenant.MapPost("/media", Post).WithTags("Messages")
            .Operation("uploadMedia", "Upload media to send it", "multipart/form-data with one part, file. It can be sent until expiresAt, for 24 hours by default.")
            .RequiresScope(KeyScopes.Send)
            .WithMetadata(new RequestSizeLimitAttribute(MediaSource.MostBytes + Slack))
            .Accepts<object>("multipart/form-data")
            .Answers(201, "The upload.", Examples.Upload)
            .Fails(ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout, ProblemCode.UnsupportedMediaType);

    private static async Task<IResult> Post(
        HttpContext context,
        [FromServices] MediaSource source,
        [FromServices] IUploadStore uploads,
        [FromServices] IOptions<ApiOptions> options,
        [FromServices] TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return Problem.Of(ProblemCode.UnsupportedMediaType, "Media is uploaded as multipart/form-data.");
        }

        try
        {
            // As it streams by: a form reader would keep it on disk a second time.
            var reader = new MultipartReader(boundary, context.Request.Body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (section.AsFileSection() is { Name: Part, FileStream: { } bytes } file)
                {
                    var stored = await source.Store(context.Tenant(), bytes, cancellationToken);

                    var (now, name) = (time.GetUtcNow(), NameOf(file.FileName));
                    var upload = new Upload(
                        Guid.CreateVersion7(now).ToString("N"),
                        stored.Sha256,
                        section.ContentType ?? TypeOf(name),
                        name,
                        stored.Size,
                        now + options.Value.UploadLife);
                    await uploads.AddUpload(context.Tenant(), upload, cancellationToken);
                    return TypedResults.Created(
                        (string?)null, new UploadResource(upload.MediaId, upload.MimeType, upload.FileName, upload.Size, upload.ExpiresAt));
                }
            }
        }
        catch (MediaSourceException e)
        {
            return Problem.Of(e.Fault == MediaSourceFault.TooLarge ? ProblemCode.BodyTooLarge : ProblemCode.InvalidRequest, e.Message);
        }
        catch (Exception e) when (e is IOException and not BadHttpRequestException or InvalidDataException)
        {
            return Problem.Of(ProblemCode.InvalidRequest, "The body is no multipart/form-data.");
        }

        return Problem.Of(ProblemCode.InvalidRequest, $"The part {Part} with a file name is missing.");
    }

    /// <summary>Many clients name a file and not its type.</summary>
    private static string? TypeOf(string? name) => name is not null && Types.TryGetContentType(name, out var type) ? type : null;

    private static string? NameOf(string fileName)
    {
        var name = fileName.Replace('\\', '/');
        name = name[(name.LastIndexOf('/') + 1)..];
        return name.Length == 0 ? null : name.Length > LongestName ? name[..LongestName] : name;
    }
}
