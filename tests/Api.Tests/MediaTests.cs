using System.Security.Cryptography;

namespace Parley.Api.Tests;

public sealed class MediaTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task Bytes_are_served_whole_in_ranges_and_by_etag()
    {
        var (tenant, path, media) = await Kept("imageMessage", "image/jpeg", Bytes, null);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes));
        Assert.Equal("stored", media["status"]!.GetValue<string>());
        Assert.Equal(sha256, media["sha256"]!.GetValue<string>());
        Assert.Equal(Bytes.Length, media["size"]!.GetValue<int>());
        Assert.Equal(path, media["url"]!.GetValue<string>());

        var whole = (await tenant.Client.Get(path)).Expect(200);
        Assert.Equal(Bytes, whole.Bytes);
        Assert.Equal("image/jpeg", whole.Header("Content-Type"));
        Assert.Equal($"\"{sha256}\"", whole.Header("ETag"));
        Assert.Equal("nosniff", whole.Header("X-Content-Type-Options"));
        Assert.Equal("bytes", whole.Header("Accept-Ranges"));
        Assert.StartsWith("inline", whole.Header("Content-Disposition"), StringComparison.Ordinal);

        var part = (await tenant.Client.Get(path, ("Range", "bytes=1000-1999"))).Expect(206);
        Assert.Equal(Bytes[1000..2000], part.Bytes);
        Assert.Equal($"bytes 1000-1999/{Bytes.Length}", part.Header("Content-Range"));
        Assert.Equal(Bytes[^10..], (await tenant.Client.Get(path, ("Range", "bytes=-10"))).Expect(206).Bytes);
        var outside = (await tenant.Client.Get(path, ("Range", "bytes=100000-"))).Expect(416, "range_not_satisfiable");
        Assert.Equal(("application/problem+json", "bytes */100000"), (outside.Header("Content-Type"), outside.Header("Content-Range")));
        var other = (await tenant.Client.Get(path, ("If-Match", "\"other\""))).Expect(412, "precondition_failed");
        Assert.Equal("application/problem+json", other.Header("Content-Type"));
        Assert.Empty((await tenant.Client.Get(path, ("If-None-Match", $"\"{sha256}\""))).Expect(304).Bytes);
        (await tenant.Client.Get(path, ("Range", "bytes=0-9"), ("If-Range", "\"other\""))).Expect(200);
    }

    [Theory]
    [InlineData("text/html", "page.html")]
    [InlineData("image/svg+xml", "picture.svg")]
    [InlineData("application/xhtml+xml; charset=utf-8", "a.xhtml")]
    [InlineData("text/javascript", "a.js")]
    [InlineData("nonsense", "a\r\nSet-Cookie: x.bin")]
    public async Task What_a_browser_could_run_is_handed_out_as_a_file(string mimeType, string fileName)
    {
        var (tenant, path, _) = await Kept("documentMessage", mimeType, "<script>alert(1)</script>"u8.ToArray(), fileName);
        var answer = (await tenant.Client.Get(path)).Expect(200);
        Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
        Assert.StartsWith("attachment", answer.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Contains("sandbox", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Set-Cookie"));
    }

    [Fact]
    public async Task A_document_keeps_its_name()
    {
        var (tenant, path, _) = await Kept("documentMessage", "application/pdf", Bytes, "prices märz.pdf");
        var answer = (await tenant.Client.Get(path)).Expect(200);
        Assert.Equal("application/pdf", answer.Header("Content-Type"));
        Assert.Contains("filename*=UTF-8''prices%20m%C3%A4rz.pdf", answer.Header("Content-Disposition"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_that_is_not_here_says_why()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "no media"));
        var text = (await tenant.Client.Get("/messages")).Data.Single()!["id"];
        (await tenant.Client.Get($"/messages/{text}/media")).Expect(404, "no_media");

        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/jpeg", null));
        var pending = (await tenant.Client.Get("/messages?type=image")).Data.Single()!;
        var answer = (await tenant.Client.Get($"/messages/{pending["id"]}/media")).Expect(202);
        Assert.Equal("pending", answer.Text("status"));
        Assert.NotNull(answer.Header("Retry-After"));
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("data:image/png;base64,{0}")]
    [InlineData("\n{0}\n")]
    public async Task Bytes_are_stored_however_their_base64_is_written(string form)
    {
        var bytes = Enumerable.Range(0, 1000).Select(i => (byte)(i * 251)).ToArray();
        var base64 = Convert.ToBase64String(bytes);
        foreach (var written in (string[])[base64, base64.TrimEnd('='), base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')])
        {
            var tenant = await _parley.NewTenant();
            var body = Webhook.Media(Peer, "imageMessage", "image/png", bytes);
            body["data"]!["message"]!["base64"] = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, written);
            await tenant.Accept(body);

            var message = (await tenant.Client.Get("/messages")).Data.Single()!;
            Assert.Equal(bytes, (await tenant.Client.Get($"/messages/{message["id"]}/media")).Expect(200).Bytes);
        }
    }

    private async Task<(TestTenant Tenant, string Path, System.Text.Json.Nodes.JsonNode Media)> Kept(
        string kind, string mimeType, byte[] bytes, string? fileName)
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Media(Peer, kind, mimeType, bytes, fileName));
        var message = (await tenant.Client.Get("/messages")).Data.Single()!;
        return (tenant, $"/messages/{message["id"]}/media", message["media"]!);
    }
}
