using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.Cluster.Tests;

/// <summary>A certificate encrypts the keys that lie in the database beside what they protect.</summary>
public sealed class KeyCertificateTests
{
    [Fact]
    public async Task keys_are_encrypted_and_nodes_with_the_certificate_read_them()
    {
        using var files = new TemporaryDirectory();
        await using var cluster = await TestCluster.New();
        var certificate = Certificate(files.Path, "one");
        var ticket = await Ticket(await cluster.Start("both", Arguments(certificate)));

        Assert.All(await Keys(cluster), static key => Assert.True(IsEncrypted(key), key));
        await AssertTakes(await cluster.Start("both", Arguments(certificate)), ticket, 200);
        await AssertTakes(await cluster.Start("both"), ticket, 401);
    }

    [Fact]
    public async Task what_was_written_before_the_certificate_or_with_an_earlier_one_is_still_read()
    {
        using var files = new TemporaryDirectory();
        await using var cluster = await TestCluster.New();
        var (earlier, now) = (Certificate(files.Path, "earlier"), Certificate(files.Path, "now"));
        await AssertTakes(await cluster.Start("both", Arguments(now, earlier)), await Ticket(await cluster.Start("both")), 200);

        await using var other = await TestCluster.New();
        await AssertTakes(await other.Start("both", Arguments(now, earlier)), await Ticket(await other.Start("both", Arguments(earlier))), 200);
    }

    [Theory]
    [InlineData("missing.pem", "one.key")]
    [InlineData("one.pem", "")]
    [InlineData("one.pem", "other.key")]
    [InlineData("curve.pem", "curve.key")]
    public async Task files_that_cannot_be_used_end_the_start(string certificate, string key)
    {
        using var files = new TemporaryDirectory();
        Certificate(files.Path, "one");
        Certificate(files.Path, "other");
        Curve(files.Path);

        var (code, output) = await ParleyProcess.RunToEnd(
            null, Arguments((Path.Combine(files.Path, certificate), key.Length == 0 ? "" : Path.Combine(files.Path, key))));

        Assert.Equal(2, code);
        Assert.Contains("Parley:KeyCertificates:0", output, StringComparison.Ordinal);
    }

    private static async Task<string> Ticket(ParleyProcess node)
    {
        var tenant = await node.NewTenant();
        return (await tenant.Client.Post("/events/tickets")).Expect(201).Text("ticket");
    }

    private static async Task AssertTakes(ParleyProcess node, string ticket, int status)
    {
        using var http = new HttpClient { BaseAddress = node.Address };
        using var response = await http.GetAsync(
            new Uri($"/events?ticket={ticket}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static async Task<IReadOnlyList<string>> Keys(TestCluster cluster)
    {
        var url = new MongoUrl(cluster.ConnectionString);
        using var client = new MongoClient(url);
        var rows = await client.GetDatabase(url.DatabaseName).GetCollection<BsonDocument>("keys").Find(new BsonDocument()).ToListAsync();
        Assert.NotEmpty(rows);
        return [.. rows.Select(static row => row.ToString())];
    }

    private static bool IsEncrypted(string key) =>
        key.Contains("EncryptedData", StringComparison.Ordinal) && !key.Contains("<masterKey", StringComparison.Ordinal);

    private static string[] Arguments(params (string Certificate, string Key)[] certificates) =>
        [.. certificates.SelectMany(static (c, i) => (string[])[$"--Parley:KeyCertificates:{i}:Certificate", c.Certificate, $"--Parley:KeyCertificates:{i}:Key", c.Key])];

    private static (string Certificate, string Key) Certificate(string directory, string name)
    {
        using var key = RSA.Create(2048);
        return Write(directory, name, new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), key);
    }

    private static void Curve(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(directory, "curve", new CertificateRequest("CN=curve", key, HashAlgorithmName.SHA256), key);
    }

    private static (string Certificate, string Key) Write(string directory, string name, CertificateRequest request, AsymmetricAlgorithm key)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (pem, keyPem) = (Path.Combine(directory, $"{name}.pem"), Path.Combine(directory, $"{name}.key"));
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        File.WriteAllText(keyPem, key.ExportPkcs8PrivateKeyPem());
        return (pem, keyPem);
    }
}
