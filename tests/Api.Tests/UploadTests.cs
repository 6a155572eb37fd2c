using System.Net.Http.Headers;

namespace Parley.Api.Tests;

/// <summary>For how long an upload can be sent, and what it is.</summary>
public sealed class UploadTests
{
    [Theory]
    [InlineData("02:00:00", 2)]
    [InlineData("2.00:00:00", 24)]
    public async Task An_upload_is_promised_for_no_longer_than_its_file_is_kept(string kept, int hours)
    {
        await using var installation = await Installation.New();
        var parley = await installation.Start("--Parley:Sweep:KeepUnnamedMedia", kept);
        var tenant = await parley.NewTenant();

        var upload = await Upload(tenant, "a.png", "image/png");

        Assert.InRange(
            upload.Json["expiresAt"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow,
            TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(5),
            TimeSpan.FromHours(hours));
    }

    [Theory]
    [InlineData("a.png", "image/jpeg", "image/jpeg")]
    [InlineData("a.png", null, "image/png")]
    [InlineData("voice.ogg", null, "audio/ogg")]
    [InlineData("a.unheard", null, null)]
    public async Task Its_type_is_what_the_part_says_else_what_its_name_tells(string name, string? told, string? expected)
    {
        await using var installation = await Installation.New();
        var tenant = await (await installation.Start()).NewTenant();

        Assert.Equal(expected, (await Upload(tenant, name, told)).Json["mimeType"]?.GetValue<string>());
    }

    private static async Task<Answer> Upload(TestTenant tenant, string name, string? type)
    {
        var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return (await tenant.Client.Send(HttpMethod.Post, "/media", new MultipartFormDataContent { { file, "file", name } })).Expect(201);
    }
}
