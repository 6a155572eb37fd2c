using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Uploads and the sweep of media that nothing names.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task An_upload_can_be_sent_until_it_expires_however_early_unnamed_media_are_swept()
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Sweep:KeepUnnamedMedia", "00:00:00.2", "--Parley:Sweep:Every", "00:00:00.5");
        await using var line = await SendingLine.Open(parley);
        var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.ContentType = MediaTypeHeaderValue.Parse("image/png");
        var upload = (await line.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { file, "file", "a.png" } })).Expect(201);
        Assert.InRange(
            upload.Json["expiresAt"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));

        // Time for some sweeps.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        var body = SendingLine.Message(TestGateway.NewPhone(), "media", new JsonObject { ["mediaId"] = upload.Text("mediaId") });
        await line.OnlyMessage(await line.Send(body));
        Assert.Equal([1, 2, 3], line.Sent[0].Media);
    }
}
