using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Media that was uploaded to be sent.</summary>
public abstract class UploadContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task An_upload_comes_back_with_every_field()
    {
        var upload = NewUpload("m1");
        var nameless = NewUpload("m2") with { FileName = null, MimeType = null };
        await Store.Uploads.AddUpload(Tenant, upload, Token);
        await Store.Uploads.AddUpload(Tenant, nameless, Token);

        Assert.Equal(upload, await Store.Uploads.FindUpload(Tenant, "m1", Now, Token));
        Assert.Equal(nameless, await Store.Uploads.FindUpload(Tenant, "m2", Now, Token));
        Assert.Null(await Store.Uploads.FindUpload(OtherTenant, "m1", Now, Token));
        Assert.Null(await Store.Uploads.FindUpload(Tenant, "M1", Now, Token));
    }

    [Fact]
    public async Task An_upload_expires()
    {
        var upload = NewUpload("m1");
        await Store.Uploads.AddUpload(Tenant, upload, Token);
        await Store.Uploads.AddUpload(OtherTenant, upload, Token);
        await Store.Uploads.AddUpload(Tenant, NewUpload("m2") with { ExpiresAt = upload.ExpiresAt.AddTicks(1) }, Token);

        Assert.NotNull(await Store.Uploads.FindUpload(Tenant, "m1", upload.ExpiresAt.AddTicks(-1), Token));
        Assert.Null(await Store.Uploads.FindUpload(Tenant, "m1", upload.ExpiresAt, Token));
        Assert.Equal(0, await Store.Uploads.ExpireUploads(upload.ExpiresAt.AddTicks(-1), Token));
        Assert.Equal(2, await Store.Uploads.ExpireUploads(upload.ExpiresAt, Token));
        Assert.Null(await Store.Uploads.FindUpload(Tenant, "m1", Now, Token));
        Assert.NotNull(await Store.Uploads.FindUpload(Tenant, "m2", Now, Token));
    }

    private Upload NewUpload(string id) => new(
        id, Samples.Sha256, "audio/ogg; codecs=opus", "a \"b\" 👍.ogg", 5_000_000_000, Now.AddDays(1).AddTicks(1234567));
}
