using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Api.Sends;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Uploads: media that is to be sent, possibly more than once.</summary>
internal static class UploadEndpoints
{
    private const string Part = "file";
    private const int LongestName = 255;
    private const long Slack = 64 * 1024;

    public static void MapUploads(this RouteGroupBuilder tenant) =>
        tenant.MapPost("/media", Post).WithTags("Messages")
            .Operation("uploadMedia", "Upload media to send it", "multipart/form-data with one part, file. It can be sent for 24 hours.")
            .RequiresScope(KeyScopes.Send)
            .WithMetadata(new RequestSizeLimitAttribute(MediaSource.MostBytes + Slack))
            .Accepts<object>("multipart/form-data")
            .Answers(201, "The upload.", Examples.Upload)
            .Fails(ProblemCode.BodyTooLarge, ProblemCode.UnsupportedMediaType);

    private static async Task<IResult> Post(
        HttpContext context,
        [FromServices] MediaSource source,
        [FromServices] IMediaStore media,
        [FromServices] IUploadStore uploads,
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

                    // The sweep takes what no message names by its age, and an operator may let it come early: the file is as young as if
                    // it came when the upload ends.
                    var ends = UploadLife.EndOf(time.GetUtcNow());
                    await media.Renew(context.Tenant(), stored.Sha256, ends, cancellationToken);
                    var upload = new Upload(
                        Guid.CreateVersion7(time.GetUtcNow()).ToString("N"),
                        stored.Sha256,
                        section.ContentType,
                        NameOf(file.FileName),
                        stored.Size,
                        ends);
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

    private static string? NameOf(string fileName)
    {
        var name = fileName.Replace('\\', '/');
        name = name[(name.LastIndexOf('/') + 1)..];
        return name.Length == 0 ? null : name.Length > LongestName ? name[..LongestName] : name;
    }
}
